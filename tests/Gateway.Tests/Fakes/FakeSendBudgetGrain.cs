using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Fakes;

/// <summary>A budget that is never spent.</summary>
internal sealed class FakeSendBudgetGrain : ISendBudgetGrain
{
    public Task<SendDecision> Acquire(SendRequest request) => Task.FromResult(SendDecision.Allowed);
}
