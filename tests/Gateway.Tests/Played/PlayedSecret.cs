using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Played;

internal sealed class PlayedSecret : INumberSecretGrain
{
    public static ImmutableArray<byte> Value { get; } = [.. new byte[32]];

    public Task<ImmutableArray<byte>> Get() => Task.FromResult(Value);
}
