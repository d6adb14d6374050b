using System.Security.Cryptography;
using System.Text;
using Orleans.Concurrency;

namespace GeminiChat.Grains.Users;

/// <inheritdoc cref="IApiKeyGrain"/>
[StatelessWorker, Reentrant]
internal sealed class ApiKeyGrain(IApiKeyStore keys, TimeProvider time) : Grain, IApiKeyGrain
{
    private static readonly TimeSpan UseInterval = TimeSpan.FromMinutes(1);

    public async Task<ApiKeyUse?> Check(Guid keyId, string secretHash)
    {
        var now = time.GetUtcNowToMillisecond();
        if (await keys.Find(keyId) is not { } key || key.ExpiresAt <= now || !AreEqual(key.SecretHash, secretHash))
        {
            return null;
        }

        var isRecorded = (key.LastUsedAt is not { } last || now - last >= UseInterval) && await TryRecord(keyId, now);
        return new ApiKeyUse(key.Scope, IsFirst: isRecorded && key.LastUsedAt is null);
    }

    private static bool AreEqual(string stored, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(stored), Encoding.ASCII.GetBytes(given));

    private async Task<bool> TryRecord(Guid keyId, DateTimeOffset now)
    {
        try
        {
            return await keys.RecordUse(keyId, now, unlessAfter: now - UseInterval);
        }
        catch (Exception outage) when (outage is StoreUnavailableException or StoreOutcomeUnknownException)
        {
            // The key is valid all the same. The next use is recorded.
            return false;
        }
    }
}
