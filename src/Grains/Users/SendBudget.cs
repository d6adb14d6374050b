namespace GeminiChat.Grains.Users;

/// <summary>What has been sent of the day's text messages, as stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.SendBudgetState")]
internal sealed record SendBudgetState
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(SendBudgetState);

    /// <summary>The UTC day that is counted, as <see cref="DateOnly.DayNumber"/>.</summary>
    [Id(0)]
    public int Day { get; init; }

    /// <summary>Messages of the day that may have been sent: counted ahead, a block at a time.</summary>
    [Id(1)]
    public int Reserved { get; init; }

    /// <summary>Messages of the day by the network that asked for them.</summary>
    [Id(2)]
    public ImmutableDictionary<string, int> SentByNetwork { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Whether the log has been told that the budget of the day runs out.</summary>
    [Id(3)]
    public bool HasWarned { get; init; }
}

/// <summary>How a day's budget of text messages is divided.</summary>
/// <param name="Limit">Messages a day in all.</param>
internal readonly record struct SendBudgetPolicy(int Limit)
{
    /// <summary>A small budget leaves a network as many as the people of an office need.</summary>
    private const int MinNetworkShare = 20;

    /// <summary>Messages a day that one network may ask for: a twentieth.</summary>
    private int NetworkShare => Math.Max(MinNetworkShare, Limit / 20);

    /// <summary>Messages a day that go to numbers with an account only: a fifth, the last.</summary>
    private int AccountReserve => Limit / 5;

    /// <summary>Messages that are counted at a time: a hundredth.</summary>
    public int BlockSize => Math.Max(1, Limit / 100);

    /// <summary>Whether so many are reason for a warning: four fifths of the limit.</summary>
    public bool IsNearlySpent(int sent) => sent >= Limit - (Limit / 5);

    /// <summary>Whether one more message may be sent.</summary>
    /// <param name="request">The message.</param>
    /// <param name="sent">Messages that were sent today.</param>
    /// <param name="sentForNetwork">Those of them that its network asked for.</param>
    public SendDecision Decide(SendRequest request, int sent, int sentForNetwork) =>
        sent >= Limit ? SendDecision.BudgetSpent
        : !request.HasAccount && sent >= Limit - AccountReserve ? SendDecision.KeptForAccounts
        : sentForNetwork >= NetworkShare ? SendDecision.NetworkShareSpent
        : SendDecision.Allowed;
}
