using GeminiChat.Gateway.Settings;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// The signing keys of an issuer, from its discovery document. They are fetched when the first token arrives, again for a token with an
/// unknown key, and in the background when they are an hour old. All requests share one fetch. After the first fetch, one begins every
/// 30 s at most, whatever tokens arrive and whether the fetches succeed.
/// </summary>
/// <remarks>
/// A key may be new since the last fetch. So it is called unknown only if a fetch that began after the first search for it did not find
/// it. Until then the token cannot be judged. Searches for a known key need no fetch, and never wait.
///
/// The framework's <see cref="ConfigurationManager{T}"/> fetches keys for an unknown key after the answer, so the first token of a new key
/// is refused. While an issuer is away, it begins a fetch for every request.
/// </remarks>
internal sealed partial class IssuerKeys(ExternalIssuer issuer, IDocumentRetriever documents, TimeProvider time, ILogger logger)
    : IConfigurationManager<OpenIdConnectConfiguration>
{
    /// <summary>
    /// There are at most three fetches in a minute. A fetch is two requests, or three if the request for the keys is answered with 503,
    /// which is repeated once. So the issuer gets at most nine.
    /// </summary>
    internal static readonly TimeSpan FetchInterval = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(8);

    // Unknown keys are kept to tell those that a fetch has not found from those that are new. Anybody can send any number of them. No
    // issuer has longer ids.
    private const int MaxKeptKeys = 1000;
    private const int MaxKeptLength = 128;

    private readonly Lock _lock = new();
    private OpenIdConnectConfiguration? _current;
    private Task<bool>? _fetch;
    private long _fetchStartedAt;
    private long? _refetchStartedAt;

    /// <summary>The keys that were requested since the newest fetch began.</summary>
    private HashSet<string> _requestedKeys = new(StringComparer.Ordinal);

    /// <summary>The keys that were requested before the newest fetch began.</summary>
    private HashSet<string> _keysOfNewestFetch = new(StringComparer.Ordinal);

    /// <summary>How long it is until a fetch may begin.</summary>
    public TimeSpan FetchDelay
    {
        get
        {
            lock (_lock)
            {
                return _refetchStartedAt is { } last && FetchInterval - time.GetElapsedTime(last) is { Ticks: > 0 } delay ? delay : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Looks for a key, and fetches the keys if it is unknown.</summary>
    public async Task<KeySearchResult> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        if (HasKey(keyId))
        {
            if (time.GetElapsedTime(Volatile.Read(ref _fetchStartedAt)) >= MaxAge)
            {
                _ = FetchOnce(keyId);
            }

            return KeySearchResult.Found;
        }

        var isFetched = await FetchOnce(keyId).WaitAsync(cancellationToken);
        return HasKey(keyId) ? KeySearchResult.Found
            : isFetched && (keyId.Length > MaxKeptLength || WasInNewestFetch(keyId)) ? KeySearchResult.Unknown
            : KeySearchResult.Unavailable;
    }

    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        Task.FromResult(Volatile.Read(ref _current) ?? throw new InvalidOperationException("The keys are fetched before a token is validated."));

    public void RequestRefresh()
    {
        // FindAsync has done it.
    }

    private bool HasKey(string keyId) => Volatile.Read(ref _current)?.SigningKeys.Any(key => key.KeyId == keyId) is true;

    /// <summary>Begins a fetch unless one is running or began less than <see cref="FetchInterval"/> ago. Returns whether the newest one succeeded.</summary>
    private Task<bool> FetchOnce(string keyId)
    {
        lock (_lock)
        {
            if (_requestedKeys.Count < MaxKeptKeys && keyId.Length <= MaxKeptLength)
            {
                _requestedKeys.Add(keyId);
            }

            if (_fetch is null || (_fetch.IsCompleted && FetchDelay == TimeSpan.Zero))
            {
                (_keysOfNewestFetch, _requestedKeys) = (_requestedKeys, new HashSet<string>(StringComparer.Ordinal));
                _refetchStartedAt = _fetch is null ? null : time.GetTimestamp();
                Volatile.Write(ref _fetchStartedAt, time.GetTimestamp());
                _fetch = Task.Run(FetchAsync);
            }

            return _fetch;
        }
    }

    private bool WasInNewestFetch(string keyId)
    {
        lock (_lock)
        {
            return _keysOfNewestFetch.Contains(keyId);
        }
    }

    private async Task<bool> FetchAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(FetchTimeout);
            var fetched = await OpenIdConnectConfigurationRetriever.GetAsync(issuer.DiscoveryUrl, documents, timeout.Token);
            if (fetched.Issuer is null || ExternalIssuer.WithoutSlash(fetched.Issuer) != issuer.Url || fetched.SigningKeys.Count == 0)
            {
                throw new InvalidOperationException("The discovery document names another issuer, or there are no keys.");
            }

            Volatile.Write(ref _current, fetched);
            return true;
        }
        catch (Exception failure)
        {
            // Whatever the issuer answers: its known keys stay.
            Log.NotFetched(logger, issuer.Url, failure.GetBaseException().Message.ReplaceLineEndings(" "));
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The keys of the issuer {Issuer} could not be fetched: {Reason}")]
        public static partial void NotFetched(ILogger logger, string issuer, string reason);
    }
}

/// <summary>The result of a search for a key.</summary>
internal enum KeySearchResult
{
    Found,

    /// <summary>The issuer has no such key.</summary>
    Unknown,

    /// <summary>The keys could not be fetched, or must not be fetched again yet, so the token cannot be judged.</summary>
    Unavailable,
}
