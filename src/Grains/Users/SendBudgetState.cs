using System.Collections.Immutable;

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
    public int Counted { get; init; }

    /// <summary>Messages of the day by the network that asked for them.</summary>
    [Id(2)]
    public ImmutableDictionary<string, int> Networks { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Whether the log has been told that the budget of the day runs out.</summary>
    [Id(3)]
    public bool HasWarned { get; init; }
}
