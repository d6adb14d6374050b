namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// The daily budget of text messages: how many the whole cluster may send in a UTC day. Key: 0. There is one.
/// </summary>
/// <remarks>
/// One activation counts, one call at a time. Messages are counted in blocks of at most 1 % of the limit. A block is
/// durable before the first of its messages is allowed, so the limit holds after a crash; the rest of the block is then
/// lost. The counts per network are stored together with the block. A repeat of a call counts again.
/// </remarks>
[Alias("geminichat.ISendBudgetGrain")]
public interface ISendBudgetGrain : IGrainWithIntegerKey
{
    /// <summary>Asks whether a message may be sent, and counts it when it may.</summary>
    [Alias("TrySpend")]
    Task<SendDecision> Acquire(SendRequest request);
}

/// <summary>A text message that was requested.</summary>
/// <param name="Network">
/// The network of the request, such as <c>203.0.113.0/24</c>. Any text that identifies the network works.
/// </param>
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
    /// <summary>The message may be sent, and it is counted.</summary>
    Allowed = 0,

    /// <summary>The day's budget is spent.</summary>
    BudgetSpent = 1,

    /// <summary>The rest of the day's budget is reserved for numbers with an account.</summary>
    KeptForAccounts = 2,

    /// <summary>The network has used its share of the day's budget.</summary>
    NetworkShareSpent = 3,
}
