using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Fakes;

internal sealed class FakeNumberSecretGrain : INumberSecretGrain
{
    public static ImmutableArray<byte> Value { get; } = [.. new byte[32]];

    public Task<ImmutableArray<byte>> Get() => Task.FromResult(Value);
}
