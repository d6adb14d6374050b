using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// The secret that turns mobile numbers into grain keys. Key: 0, there is one. It is made once and stays for the life
/// of the database: with another, nobody would find their account.
/// </summary>
[Alias("geminichat.INumberSecretGrain")]
public interface INumberSecretGrain : IGrainWithIntegerKey
{
    /// <summary>The secret, 32 bytes; durable when this returns. Safe to repeat.</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<ImmutableArray<byte>> Get();
}
