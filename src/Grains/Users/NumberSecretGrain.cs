using System.Security.Cryptography;

namespace GeminiChat.Grains.Users;

/// <inheritdoc cref="INumberSecretGrain"/>
internal sealed class NumberSecretGrain([PersistentState("secret")] IPersistentState<NumberSecret> secret)
    : Grain, INumberSecretGrain
{
    private const int Bytes = 32;

    /// <summary>
    /// A cluster that recovers from a partition may have two activations. The store lets only one of them write. The
    /// other one fails with <see cref="Orleans.Storage.InconsistentStateException"/>, and a retry reads what the first
    /// one wrote.
    /// </summary>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (secret.State.Value.IsEmpty)
        {
            secret.State = new NumberSecret { Value = [.. RandomNumberGenerator.GetBytes(Bytes)] };
            await secret.WriteStateAsync(cancellationToken);
        }
    }

    public Task<ImmutableArray<byte>> Get() => Task.FromResult(secret.State.Value);
}

/// <summary>The secret that numbers are hashed with, as stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.NumberSecret")]
internal sealed record NumberSecret
{
    [Id(0)]
    public ImmutableArray<byte> Value { get; init; } = [];
}
