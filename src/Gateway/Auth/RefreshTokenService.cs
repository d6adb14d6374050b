using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Makes and reads refresh tokens: 256 bits that nobody can guess, the user and the session they are for, and a mark of
/// ours. The mark lets a spent token be told from an invented one without keeping every token that ever was: only what we
/// issued reaches a session, where it is either the current token or a spent one.
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

    /// <summary>Makes a new token for a session.</summary>
    /// <returns>The token, and the SHA-256 that stands for it.</returns>
    public (string Token, ImmutableArray<byte> Hash) Create(Guid userId, Guid sessionId)
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        RandomNumberGenerator.Fill(secret);
        return Make(userId, sessionId, secret);
    }

    /// <summary>
    /// Makes the token that takes a spent one's place. For one key it is always the same, so that an exchange whose answer
    /// was lost can be repeated by whoever chose the key, and by nobody who has only the spent token.
    /// </summary>
    /// <returns>The token, and the SHA-256 that stands for it.</returns>
    public (string Token, ImmutableArray<byte> Hash) CreateSuccessor(RefreshToken spent, string? key)
    {
        if (key is null)
        {
            return Create(spent.UserId, spent.SessionId);
        }

        Span<byte> choice = stackalloc byte[SecretBytes + SizeLimits.MaxIdempotencyKeyLength];
        spent.Hash.CopyTo(choice);
        var length = SecretBytes + Encoding.ASCII.GetBytes(key, choice[SecretBytes..]);

        // Under the secret of the spent token, so that a repeat that comes after a roll arrives at the same one. What it is
        // marked with is no part of what a session knows it by.
        return Make(spent.UserId, spent.SessionId, HMACSHA256.HashData(_successorKeys[spent.KeyIndex], choice[..length]));
    }

    /// <summary>Reads a token that was issued here, good or spent.</summary>
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

    /// <summary>The place of the secret that a token is marked with; null when it is none of ours.</summary>
    private int? FindMacKey(ReadOnlySpan<byte> token)
    {
        Span<byte> mark = stackalloc byte[MacBytes];
        for (var secret = 0; secret < _macKeys.Length; secret++)
        {
            ComputeMac(_macKeys[secret], token[..MacOffset], mark);
            if (CryptographicOperations.FixedTimeEquals(mark, token[MacOffset..]))
            {
                return secret;
            }
        }

        return null;
    }

    private static byte[] DeriveKey(byte[] secret, ReadOnlySpan<byte> use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, SecretBytes, info: use.ToArray());

    private static void ComputeMac(byte[] key, ReadOnlySpan<byte> content, Span<byte> mark) =>
        HMACSHA256.HashData(key, content).AsSpan(0, MacBytes).CopyTo(mark);

    private static ImmutableArray<byte> Hash(ReadOnlySpan<byte> token) => [.. SHA256.HashData(token[SecretOffset..MacOffset])];
}

/// <summary>What a refresh token says.</summary>
/// <param name="UserId">The user.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Hash">The SHA-256 that stands for it.</param>
/// <param name="KeyIndex">Which secret it is marked with; 0 is the one in use.</param>
internal sealed record RefreshToken(Guid UserId, Guid SessionId, ImmutableArray<byte> Hash, int KeyIndex);
