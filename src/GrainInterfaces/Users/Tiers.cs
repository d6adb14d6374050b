namespace GeminiChat.GrainInterfaces.Users;

/// <summary>The tier of a user, which decides the user's limits.</summary>
public enum Tier
{
    /// <summary>Free.</summary>
    Basic = 0,

    /// <summary>Paid.</summary>
    Pro = 1,
}

/// <summary>A tier that a subscription grants its user.</summary>
/// <param name="Tier">The tier.</param>
/// <param name="ValidUntil">The first moment at which the tier is Basic again, whatever happens; null for no end.</param>
/// <param name="Version">Counts the subscription's changes from 1. The grant with the higher version is the newer one.</param>
[GenerateSerializer, Immutable, Alias("geminichat.TierGrant")]
public sealed record TierGrant(
    [property: Id(0)] Tier Tier,
    [property: Id(1)] DateTimeOffset? ValidUntil,
    [property: Id(2)] long Version);

/// <summary>A user's usage of one UTC day.</summary>
/// <param name="Tier">The tier in force.</param>
/// <param name="Limit">Replies per day; 0 for no limit.</param>
/// <param name="Used">Replies accepted today, without those given back.</param>
/// <param name="ResetsAt">The next midnight in UTC.</param>
/// <param name="Accepted">
/// All replies accepted today, including those given back: at most <see cref="AcceptedLimitMultiplier"/> times the limit.
/// </param>
/// <param name="SearchQueries">Web searches that the model has made for today's replies.</param>
/// <param name="SearchLimit">Web searches per day; 0 for no limit.</param>
[GenerateSerializer, Immutable, Alias("geminichat.DailyUsage")]
public sealed record DailyUsage(
    [property: Id(0)] Tier Tier,
    [property: Id(1)] int Limit,
    [property: Id(2)] int Used,
    [property: Id(3)] DateTimeOffset ResetsAt,
    [property: Id(4)] int Accepted = 0,
    [property: Id(5)] int SearchQueries = 0,
    [property: Id(6)] int SearchLimit = 0)
{
    /// <summary>
    /// The maximum number of accepted replies per day, as a multiple of the limit, including those given back. It bounds
    /// what is stored for a user in a day.
    /// </summary>
    public const int AcceptedLimitMultiplier = 5;

    /// <summary>Whether no more replies that search the web are accepted today.</summary>
    public bool IsSearchLimitReached() => SearchLimit > 0 && SearchQueries >= SearchLimit;

    /// <summary>Replies that the user may still request today; null when there is no limit.</summary>
    public int? Remaining() =>
        Limit == 0 ? null : Math.Max(0, Math.Min(Limit - Used, (AcceptedLimitMultiplier * Limit) - Accepted));
}
