using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// The secret that turns mobile numbers into grain keys. Key: 0. There is one. It is created once and kept as long as the
/// database, because with another secret no account could be found.
/// </summary>
[Alias("geminichat.INumberSecretGrain")]
public interface INumberSecretGrain : IGrainWithIntegerKey
{
    /// <summary>The secret, 32 bytes; durable when this returns. Safe to repeat.</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<ImmutableArray<byte>> Get();
}
