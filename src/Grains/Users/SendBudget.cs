namespace GeminiChat.Grains.Users;

/// <summary>The day's count of text messages, as stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.SendBudgetState")]
internal sealed record SendBudgetState
{
    /// <summary>The UTC day of the count, as <see cref="DateOnly.DayNumber"/>.</summary>
    [Id(0)]
    public int Day { get; init; }

    /// <summary>The day's messages that may have been sent. They are counted in advance, one block at a time.</summary>
    [Id(1)]
    public int Reserved { get; init; }

    /// <summary>The day's messages for each network that requested them.</summary>
    [Id(2)]
    public ImmutableDictionary<string, int> SentByNetwork { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Whether a warning was logged that the day's budget is nearly spent.</summary>
    [Id(3)]
    public bool HasWarned { get; init; }
}

/// <summary>How a day's budget of text messages is divided.</summary>
/// <param name="Limit">Messages a day in all.</param>
internal readonly record struct SendBudgetPolicy(int Limit)
{
    /// <summary>The minimum share of a network when the budget is small: enough for the people of an office.</summary>
    private const int MinNetworkShare = 20;

    /// <summary>
    /// Messages per day that one network may request: a twentieth of the limit, but at least the minimum share.
    /// </summary>
    private int NetworkShare => Math.Max(MinNetworkShare, Limit / 20);

    /// <summary>The last fifth of the day's messages goes only to numbers with an account.</summary>
    private int AccountReserve => Limit / 5;

    /// <summary>How many messages are counted at a time: a hundredth of the limit.</summary>
    public int BlockSize => Math.Max(1, Limit / 100);

    /// <summary>Whether the count is high enough for a warning: four fifths of the limit.</summary>
    public bool IsNearlySpent(int sent) => sent >= Limit - (Limit / 5);

    /// <summary>Decides whether one more message may be sent.</summary>
    /// <param name="request">The message.</param>
    /// <param name="sent">Messages sent today.</param>
    /// <param name="sentForNetwork">Messages sent today that the same network requested.</param>
    public SendDecision Decide(SendRequest request, int sent, int sentForNetwork) =>
        sent >= Limit ? SendDecision.BudgetSpent
        : !request.HasAccount && sent >= Limit - AccountReserve ? SendDecision.KeptForAccounts
        : sentForNetwork >= NetworkShare ? SendDecision.NetworkShareSpent
        : SendDecision.Allowed;
}
