using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Creates and reads refresh tokens. A token holds the user, the session, 256 random bits and a message authentication code
/// (MAC). The MAC distinguishes a used token from an invented one without a list of all tokens: only issued tokens reach the
/// session, where a token is either the current one or a used one.
/// </summary>
internal sealed class RefreshTokenService(IOptions<TokenOptions> options)
{
    private const int GuidBytes = 16;
    private const int SecretBytes = 32;
    private const int MacBytes = 16;
    private const int SecretOffset = 2 * GuidBytes;
    private const int MacOffset = SecretOffset + SecretBytes;
    private const int TokenBytes = MacOffset + MacBytes;

    private readonly ImmutableArray<byte[]> _macKeys =
        [.. options.Value.Secrets.Select(static secret => DeriveKey(secret, "geminichat refresh tokens"u8))];

    private readonly ImmutableArray<byte[]> _successorKeys =
        [.. options.Value.Secrets.Select(static secret => DeriveKey(secret, "geminichat refresh successors"u8))];

    /// <summary>Creates a token, and the SHA-256 under which the session stores it.</summary>
    public (string Token, ImmutableArray<byte> Hash) Create(Guid userId, Guid sessionId)
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        RandomNumberGenerator.Fill(secret);
        return Make(userId, sessionId, secret);
    }

    /// <summary>
    /// Creates the token that replaces a used one. The same key gives the same token. So the client that chose the key can
    /// repeat an exchange whose answer was lost; a thief who has only the used token cannot.
    /// </summary>
    public (string Token, ImmutableArray<byte> Hash) CreateSuccessor(RefreshToken spent, string? key)
    {
        if (key is null)
        {
            return Create(spent.UserId, spent.SessionId);
        }

        Span<byte> choice = stackalloc byte[SecretBytes + SizeLimits.MaxIdempotencyKeyLength];
        spent.Hash.CopyTo(choice);
        var length = SecretBytes + Encoding.ASCII.GetBytes(key, choice[SecretBytes..]);

        // With the secret of the used token, so that a repeat after a rotation gives the same token. The MAC may then be another
        // one, but it is not part of the hash that the session stores.
        return Make(spent.UserId, spent.SessionId, HMACSHA256.HashData(_successorKeys[spent.KeyIndex], choice[..length]));
    }

    /// <summary>Reads a token that this service issued, current or used.</summary>
    public bool TryRead(string text, [NotNullWhen(true)] out RefreshToken? token)
    {
        token = null;
        Span<byte> bytes = stackalloc byte[TokenBytes];
        if (!Base64UrlText.TryDecode(text, bytes) || FindMacKey(bytes) is not { } secret)
        {
            return false;
        }

        token = new RefreshToken(
            new Guid(bytes[..GuidBytes], bigEndian: true),
            new Guid(bytes[GuidBytes..SecretOffset], bigEndian: true),
            Hash(bytes),
            secret);
        return true;
    }

    private (string Token, ImmutableArray<byte> Hash) Make(Guid userId, Guid sessionId, ReadOnlySpan<byte> secret)
    {
        Span<byte> token = stackalloc byte[TokenBytes];
        userId.TryWriteBytes(token, bigEndian: true, out _);
        sessionId.TryWriteBytes(token[GuidBytes..], bigEndian: true, out _);
        secret.CopyTo(token[SecretOffset..]);
        ComputeMac(_macKeys[0], token[..MacOffset], token[MacOffset..]);
        return (Base64Url.EncodeToString(token), Hash(token));
    }

    /// <summary>The index of the secret of a token's MAC; null if the MAC is wrong.</summary>
    private int? FindMacKey(ReadOnlySpan<byte> token)
    {
        Span<byte> mac = stackalloc byte[MacBytes];
        for (var secret = 0; secret < _macKeys.Length; secret++)
        {
            ComputeMac(_macKeys[secret], token[..MacOffset], mac);
            if (CryptographicOperations.FixedTimeEquals(mac, token[MacOffset..]))
            {
                return secret;
            }
        }

        return null;
    }

    private static byte[] DeriveKey(byte[] secret, ReadOnlySpan<byte> use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, SecretBytes, info: use.ToArray());

    private static void ComputeMac(byte[] key, ReadOnlySpan<byte> content, Span<byte> mac) =>
        HMACSHA256.HashData(key, content).AsSpan(0, MacBytes).CopyTo(mac);

    private static ImmutableArray<byte> Hash(ReadOnlySpan<byte> token) => [.. SHA256.HashData(token[SecretOffset..MacOffset])];
}

/// <summary>The content of a refresh token.</summary>
/// <param name="UserId">The user.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Hash">The SHA-256 under which the session stores the token.</param>
/// <param name="KeyIndex">The secret of its MAC; 0 is the current one.</param>
internal sealed record RefreshToken(Guid UserId, Guid SessionId, ImmutableArray<byte> Hash, int KeyIndex);
