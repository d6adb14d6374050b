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
[GenerateSerializer, Immutable, Alias("geminichat.DailyUsage")]
public sealed record DailyUsage(
    [property: Id(0)] Tier Tier,
    [property: Id(1)] int Limit,
    [property: Id(2)] int Used,
    [property: Id(3)] DateTimeOffset ResetsAt);
