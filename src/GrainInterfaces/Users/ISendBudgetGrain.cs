namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// The budget of text messages of a UTC day: how many the whole cluster may send. Key: 0, there is one.
/// </summary>
/// <remarks>
/// One activation counts, one call at a time. Messages are counted in blocks of at most 1 % of the limit, and a block is
/// durable before the first of its messages is allowed, so the limit holds whatever is killed; what is left of a block is
/// lost then. The counts per network are as old as the block. A repeat of a call counts again.
/// </remarks>
[Alias("geminichat.ISendBudgetGrain")]
public interface ISendBudgetGrain : IGrainWithIntegerKey
{
    /// <summary>Asks whether a message may be sent, and counts it when it may.</summary>
    [Alias("TrySpend")]
    Task<SendDecision> Acquire(SendRequest request);
}

/// <summary>A text message that somebody has asked for.</summary>
/// <param name="Network">The network that the request came from, such as <c>203.0.113.0/24</c>; any text tells it apart.</param>
/// <param name="HasAccount">Whether the message goes to a number with an account.</param>
/// <param name="DailyLimit">Messages that may be sent in a UTC day, at least one.</param>
[GenerateSerializer, Immutable, Alias("geminichat.SendRequest")]
public sealed record SendRequest(
    [property: Id(0)] string Network,
    [property: Id(1)] bool HasAccount,
    [property: Id(2)] int DailyLimit)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(SendRequest);
}

/// <summary>Whether a text message may be sent.</summary>
public enum SendDecision
{
    /// <summary>It may, and is counted.</summary>
    Allowed = 0,

    /// <summary>The day's budget is spent.</summary>
    BudgetSpent = 1,

    /// <summary>What is left of the day's budget is kept for numbers with an account.</summary>
    KeptForAccounts = 2,

    /// <summary>The network has had its share of the day's budget.</summary>
    NetworkShareSpent = 3,
}
