using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Tokens that were found valid a moment ago, under their SHA-256: the tokens themselves are not kept. Two generations
/// bound it without a clean-up: when the young one is full it becomes the old one, and the old one is forgotten.
/// </summary>
internal sealed class ValidatedTokenCache(TimeProvider time)
{
    private const int GenerationSize = 20_000;
    private const int MaxHeaderBytes = 16 * 1024;
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    private ConcurrentDictionary<Digest, Entry> _current = new();
    private ConcurrentDictionary<Digest, Entry> _previous = new();
    private int _added;

    /// <summary>Who a header's token was issued to; null when it is not known to be valid now.</summary>
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

    /// <summary>Remembers a valid token for a minute, or until it expires.</summary>
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

    /// <summary>A SHA-256.</summary>
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
