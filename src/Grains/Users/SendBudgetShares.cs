using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Grains.Users;

/// <summary>How a day's budget of text messages is divided.</summary>
/// <param name="Limit">Messages a day in all.</param>
internal readonly record struct SendBudgetShares(int Limit)
{
    /// <summary>A small budget leaves a network as many as the people of an office need.</summary>
    private const int LeastForNetwork = 20;

    /// <summary>Messages a day that one network may ask for: a twentieth.</summary>
    private int ForNetwork => Math.Max(LeastForNetwork, Limit / 20);

    /// <summary>Messages a day that go to numbers with an account only: a fifth, the last.</summary>
    private int ForAccounts => Limit / 5;

    /// <summary>Messages that are counted at a time: a hundredth.</summary>
    public int Block => Math.Max(1, Limit / 100);

    /// <summary>Whether so many are reason for a warning: four fifths of the limit.</summary>
    public bool IsNearlySpent(int sent) => sent >= Limit - (Limit / 5);

    /// <summary>Whether one more message may be sent.</summary>
    /// <param name="request">The message.</param>
    /// <param name="sent">Messages that were sent today.</param>
    /// <param name="sentForNetwork">Those of them that its network asked for.</param>
    public SendDecision Judge(SendRequest request, int sent, int sentForNetwork) =>
        sent >= Limit ? SendDecision.BudgetSpent
        : !request.HasAccount && sent >= Limit - ForAccounts ? SendDecision.KeptForAccounts
        : sentForNetwork >= ForNetwork ? SendDecision.NetworkShareSpent
        : SendDecision.Allowed;
}
