namespace GeminiChat.GrainInterfaces.Users;

/// <summary>What a user may do.</summary>
public enum Tier
{
    /// <summary>Free.</summary>
    Basic = 0,

    /// <summary>Paid.</summary>
    Pro = 1,
}

/// <summary>A tier that a subscription gives its user.</summary>
/// <param name="Tier">The tier.</param>
/// <param name="ValidUntil">The first moment at which it is Basic again, whatever happens; null for no end.</param>
/// <param name="Version">Counts the subscription's changes from 1; of two grants the higher version is the newer.</param>
[GenerateSerializer, Immutable, Alias("geminichat.TierGrant")]
public sealed record TierGrant(
    [property: Id(0)] Tier Tier,
    [property: Id(1)] DateTimeOffset? ValidUntil,
    [property: Id(2)] long Version);

/// <summary>A user's messages of one UTC day.</summary>
/// <param name="Tier">The tier in force.</param>
/// <param name="Limit">Replies a day; 0 for no limit.</param>
/// <param name="Used">Replies accepted today, without those given back.</param>
/// <param name="ResetsAt">The next midnight in UTC.</param>
/// <param name="Accepted">
/// Replies accepted today, whatever became of them: at most <see cref="AcceptedLimitMultiplier"/> times the limit.
/// </param>
[GenerateSerializer, Immutable, Alias("geminichat.DailyUsage")]
public sealed record DailyUsage(
    [property: Id(0)] Tier Tier,
    [property: Id(1)] int Limit,
    [property: Id(2)] int Used,
    [property: Id(3)] DateTimeOffset ResetsAt,
    [property: Id(4)] int Accepted = 0)
{
    /// <summary>
    /// How many replies are accepted in a day for each one of the limit, those given back included: what is stored for a
    /// user in a day has a bound.
    /// </summary>
    public const int AcceptedLimitMultiplier = 5;

    /// <summary>Replies that one may still ask for today; null when there is no limit.</summary>
    public int? Remaining() =>
        Limit == 0 ? null : Math.Max(0, Math.Min(Limit - Used, (AcceptedLimitMultiplier * Limit) - Accepted));
}
