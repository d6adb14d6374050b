namespace GeminiChat.Grains.Users;

/// <summary>The durable rows of API keys.</summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/>. Writes may also throw
/// <see cref="StoreOutcomeUnknownException"/>.
/// </remarks>
public interface IApiKeyStore
{
    /// <summary>Reads a key; null when there is none, or when it was revoked.</summary>
    Task<ApiKey?> Find(Guid keyId);

    /// <summary>Records a use; false when one after <paramref name="unlessAfter"/> is recorded.</summary>
    Task<bool> RecordUse(Guid keyId, DateTimeOffset now, DateTimeOffset unlessAfter);
}

/// <summary>An API key, as read from the store.</summary>
/// <param name="SecretHash">The SHA-256 of the secret in hexadecimal digits.</param>
/// <param name="Scope">What the key may do.</param>
/// <param name="ExpiresAt">The first moment at which it is not valid; null for never.</param>
/// <param name="LastUsedAt">When it was last used, to the minute; null when it never was.</param>
public sealed record ApiKey(string SecretHash, ApiKeyScope Scope, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);
