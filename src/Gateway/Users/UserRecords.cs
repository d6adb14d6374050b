using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace GeminiChat.Gateway.Users;

/// <summary>A user as they see themselves.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Name">Null when none was given.</param>
/// <param name="MobileNumber">
/// E.164; absent when there is none. Of a user who signs in with another service, it is what that service says, and not verified.
/// </param>
/// <param name="Subscription"><c>Basic</c> or <c>Pro</c>.</param>
/// <param name="CreatedAt">When the user first signed in.</param>
internal sealed record UserResponse(
    Guid Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Name,
    string? MobileNumber,
    [property: EnumNames<Tier>] string Subscription,
    DateTimeOffset CreatedAt)
{
    public static UserResponse Of(UserProfile user) =>
        new(user.Id, user.Name, user.MobileNumber, user.Tier.ToString(), user.CreatedAt);
}

/// <summary>A user's messages of today, the day in UTC.</summary>
/// <param name="Tier"><c>Basic</c> or <c>Pro</c>.</param>
/// <param name="Limit">Replies a day; 0 for no limit.</param>
/// <param name="Used">
/// Replies of today that count. Replies that failed by a fault of the service or the model do not count. Replies that were
/// stopped before the model was called do not count either, at most <c>limit</c> of them a day.
/// </param>
/// <param name="Remaining">
/// What is left; null when there is no limit. At most five times the limit is accepted a day, replies that do not count
/// included.
/// </param>
/// <param name="ResetsAt">When the count starts again.</param>
/// <param name="SearchQueries">Web searches that the model has made for the user today; absent when there are none.</param>
/// <param name="SearchLimit">Web searches a day; absent when there is no limit.</param>
internal sealed record DailyUsageResponse(
    [property: EnumNames<Tier>] string Tier,
    int Limit,
    int Used,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Remaining,
    DateTimeOffset ResetsAt,
    int? SearchQueries = null,
    int? SearchLimit = null)
{
    public static DailyUsageResponse Of(DailyUsage usage) => new(
        usage.Tier.ToString(),
        usage.Limit,
        usage.Used,
        usage.Remaining(),
        usage.ResetsAt,
        usage.SearchQueries > 0 ? usage.SearchQueries : null,
        usage.SearchLimit > 0 ? usage.SearchLimit : null);
}

/// <summary>A session of the user's.</summary>
/// <param name="Id">To end it by.</param>
/// <param name="Device">
/// The device, as it called itself at the sign-in, such as <c>Chrome on Windows</c>; null if it is not known. It is no proof: a program can
/// call itself anything.
/// </param>
/// <param name="StartedAt">When the user signed in.</param>
/// <param name="LastUsedAt">When its refresh token was last exchanged, at first when it started.</param>
/// <param name="IsCurrent">Whether the request belongs to it.</param>
internal sealed record UserSessionResponse(
    Guid Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Device,
    DateTimeOffset StartedAt,
    DateTimeOffset LastUsedAt,
    bool IsCurrent);

/// <summary>What to change of the signed-in user.</summary>
/// <param name="Name">The new name; null for none.</param>
internal sealed record UpdateUserRequest(
    [property: StringLength(SizeLimits.MaxNameLength, MinimumLength = 1), Visible] OptionalText Name = default) : IRequestBody
{
    public string? Validate() => Name.IsPresent ? null : "Give name, or null for none.";
}

/// <summary>
/// Proof that it is the user who wants the account deleted: one of the two. A user who signs in with another service gives none.
/// </summary>
/// <param name="Password">The user's password.</param>
/// <param name="OtpCode">A one-time code from <c>POST /auth/send-otp</c>.</param>
/// <param name="RequestId"><c>request_id</c> from the answer of send-otp; without it the newest code is checked.</param>
internal sealed record DeleteUserRequest(string? Password = null, string? OtpCode = null, Guid? RequestId = null) : IRequestBody
{
    public const string OnlyOneProof = "Give either password or otp_code.";

    public static IRequestBody? WhenAbsent { get; } = new DeleteUserRequest();

    public string? Validate() => Password is not null && OtpCode is not null ? OnlyOneProof : null;
}
