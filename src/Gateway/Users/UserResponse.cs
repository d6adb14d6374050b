using System.Text.Json.Serialization;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Users;

/// <summary>A user as they see themselves.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Name">Null when none was given.</param>
/// <param name="MobileNumber">E.164.</param>
/// <param name="Subscription"><c>Basic</c> or <c>Pro</c>.</param>
/// <param name="CreatedAt">When the number was first verified.</param>
internal sealed record UserResponse(
    Guid Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Name,
    string MobileNumber,
    string Subscription,
    DateTimeOffset CreatedAt)
{
    public static UserResponse Of(UserProfile user) =>
        new(user.Id, user.Name, user.MobileNumber, user.Tier.ToString(), user.CreatedAt);
}
