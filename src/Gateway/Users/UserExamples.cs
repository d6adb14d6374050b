using GeminiChat.Gateway.Auth;

namespace GeminiChat.Gateway.Users;

/// <summary>Examples for the OpenAPI document.</summary>
internal static class UserExamples
{
    private static readonly DailyUsage Today = new(Tier.Basic, Limit: 20, Used: 3, Example.Time.AddHours(12), SearchQueries: 2, SearchLimit: 20);

    public static UserResponse Me { get; } = new(Example.UserId, "Ada", Example.Number, "Basic", Example.Time);

    public static DailyUsageResponse Usage { get; } = DailyUsageResponse.Of(Today);

    public static ImmutableArray<UserSessionResponse> Sessions { get; } =
    [
        new(Example.SessionId, "Chrome on Windows", Example.Time, Example.Time.AddMinutes(25), IsCurrent: true),
        new(new("019c0f12-7c40-74d2-8b1f-6a0e95c3d7f2"), "Safari on iPhone", Example.Time.AddDays(-1), Example.Time.AddHours(-3), IsCurrent: false),
    ];

    public static Problem DailyLimitReached { get; } =
        DailyLimit.Reached(Today with { Used = Today.Limit }, (int)TimeSpan.FromHours(12).TotalSeconds);

    public static Problem AcceptanceLimitReached { get; } = DailyLimit.Reached(
        Today with { Accepted = DailyUsage.AcceptedLimitMultiplier * Today.Limit }, (int)TimeSpan.FromHours(12).TotalSeconds);

    public static Problem SearchLimitReached { get; } =
        DailyLimit.SearchReached(Today with { SearchQueries = 20, SearchLimit = 20 }, (int)TimeSpan.FromHours(12).TotalSeconds);

    public static UpdateUserRequest Rename { get; } = new(new OptionalText(IsPresent: true, "Ada"));

    public static UpdateUserRequest InvalidRename { get; } = new();

    public static DeleteUserRequest Delete { get; } = new(AuthExamples.Password);

    public static DeleteUserRequest InvalidDelete { get; } = new(AuthExamples.Password, AuthExamples.Code);
}
