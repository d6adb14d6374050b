namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// The API keys of the team's own servers. Any key; it owns nothing, so an unknown API key leaves no activation behind. Everything is
/// read from the store, so a revoked key is refused from the next call on.
/// </summary>
[Alias("geminichat.IApiKeyGrain")]
public interface IApiKeyGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Checks a key, and records its use at most once a minute. Safe to repeat. May throw <see cref="StoreUnavailableException"/>.
    /// </summary>
    /// <param name="keyId">The id in the key.</param>
    /// <param name="secretHash">The SHA-256 of the secret in the key, in hexadecimal digits.</param>
    /// <returns>Null when there is no such key, or when it has expired or was revoked.</returns>
    [Alias("Check")]
    Task<ApiKeyUse?> Check(Guid keyId, string secretHash);
}

/// <summary>What an API key may do.</summary>
public enum ApiKeyScope
{
    /// <summary>Sign users in whom the server has authenticated.</summary>
    Users = 0,
}

/// <summary>A use of a valid API key.</summary>
/// <param name="Scope">What the key may do.</param>
/// <param name="IsFirst">Whether the key was never used before.</param>
[GenerateSerializer, Immutable, Alias("geminichat.ApiKeyUse")]
public sealed record ApiKeyUse([property: Id(0)] ApiKeyScope Scope, [property: Id(1)] bool IsFirst);
