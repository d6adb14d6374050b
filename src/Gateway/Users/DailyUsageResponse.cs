using System.Text.Json.Serialization;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Users;

/// <summary>A user's messages of today, the day in UTC.</summary>
/// <param name="Tier"><c>Basic</c> or <c>Pro</c>.</param>
/// <param name="Limit">Replies a day; 0 for no limit.</param>
/// <param name="Used">
/// Replies asked for today, without those given back: those that failed by a fault of the service or the model, and those that
/// were stopped before the model was called, the latter as often as the limit at most.
/// </param>
/// <param name="Remaining">
/// What is left; null when there is no limit. Of all messages, those given back included, five times the limit are taken a day.
/// </param>
/// <param name="ResetsAt">When the count starts again.</param>
internal sealed record DailyUsageResponse(
    string Tier,
    int Limit,
    int Used,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Remaining,
    DateTimeOffset ResetsAt)
{
    public static DailyUsageResponse Of(DailyUsage usage) =>
        new(usage.Tier.ToString(), usage.Limit, usage.Used, usage.Remaining(), usage.ResetsAt);
}
