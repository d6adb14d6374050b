using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Caches tokens that were validated a moment ago. The key is their SHA-256; the tokens themselves are not kept. Two
/// generations bound the size without a clean-up: when the current one is full, it replaces the previous one.
/// </summary>
internal sealed class ValidatedTokenCache(TimeProvider time)
{
    private const int GenerationSize = 20_000;
    private const int MaxHeaderBytes = 16 * 1024;
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    private ConcurrentDictionary<Digest, Entry> _current = new();
    private ConcurrentDictionary<Digest, Entry> _previous = new();
    private int _added;

    /// <summary>The user of an <c>Authorization</c> header; null if its token is not in the cache or has expired.</summary>
    public UserPrincipal? Find(string header)
    {
        if (header.Length > MaxHeaderBytes)
        {
            return null;
        }

        var digest = Digest.Of(header);
        var isKnown = _current.TryGetValue(digest, out var entry) || _previous.TryGetValue(digest, out entry);
        return isKnown && entry.ExpiresAt > time.GetUtcNow() ? entry.User : null;
    }

    /// <summary>Keeps a valid token for a minute, or until it expires.</summary>
    public void Add(string header, UserPrincipal user, DateTime expiresUtc)
    {
        var longest = time.GetUtcNow() + MaxAge;
        var expires = new DateTimeOffset(expiresUtc, TimeSpan.Zero);
        _current[Digest.Of(header)] = new Entry(user, expires < longest ? expires : longest);
        if (Interlocked.Increment(ref _added) % GenerationSize == 0)
        {
            _previous = _current;
            _current = new ConcurrentDictionary<Digest, Entry>();
        }
    }

    private readonly record struct Entry(UserPrincipal User, DateTimeOffset ExpiresAt);

    private readonly record struct Digest(UInt128 High, UInt128 Low)
    {
        public static Digest Of(string header)
        {
            Span<byte> utf8 = stackalloc byte[1024];
            var bytes = Encoding.UTF8.TryGetBytes(header, utf8, out var length)
                ? utf8[..length]
                : Encoding.UTF8.GetBytes(header);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(bytes, hash);
            return MemoryMarshal.Read<Digest>(hash);
        }
    }
}
