using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Played;

/// <summary>A budget that is never spent.</summary>
internal sealed class PlayedBudget : ISendBudgetGrain
{
    public Task<SendDecision> TrySpend(SendRequest request) => Task.FromResult(SendDecision.Allowed);
}
