using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using GeminiChat.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Makes and reads refresh tokens: 256 random bits, the user and the session they are for, and a mark of ours. The mark
/// lets a spent token be told from an invented one without keeping every token that ever was: only what we issued
/// reaches a session, where it is either the current token or a spent one.
/// </summary>
internal sealed class RefreshTokens(IOptions<TokenOptions> options)
{
    private const int GuidBytes = 16;
    private const int SecretBytes = 32;
    private const int MarkBytes = 16;
    private const int SecretAt = 2 * GuidBytes;
    private const int MarkAt = SecretAt + SecretBytes;
    private const int Bytes = MarkAt + MarkBytes;

    private readonly ImmutableArray<byte[]> _keys = [.. options.Value.Secrets.Select(secret => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, secret, SecretBytes, info: "geminichat refresh tokens"u8.ToArray()))];

    /// <summary>Makes a new token for a session.</summary>
    /// <returns>The token, and the SHA-256 that stands for it.</returns>
    public (string Token, ImmutableArray<byte> Hash) New(Guid userId, Guid sessionId)
    {
        Span<byte> token = stackalloc byte[Bytes];
        userId.TryWriteBytes(token, bigEndian: true, out _);
        sessionId.TryWriteBytes(token[GuidBytes..], bigEndian: true, out _);
        RandomNumberGenerator.Fill(token[SecretAt..MarkAt]);
        Mark(_keys[0], token[..MarkAt], token[MarkAt..]);
        return (Base64Url.EncodeToString(token), Hash(token));
    }

    /// <summary>Reads a token that was issued here, good or spent.</summary>
    public bool TryRead(string text, [NotNullWhen(true)] out RefreshToken? token)
    {
        token = null;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (text.Length != Base64Url.GetEncodedLength(Bytes)
            || !Base64Url.TryDecodeFromChars(text, bytes, out var length)
            || length != Bytes
            || !IsOurs(bytes))
        {
            return false;
        }

        token = new RefreshToken(
            new Guid(bytes[..GuidBytes], bigEndian: true), new Guid(bytes[GuidBytes..SecretAt], bigEndian: true), Hash(bytes));
        return true;
    }

    private bool IsOurs(ReadOnlySpan<byte> token)
    {
        Span<byte> mark = stackalloc byte[MarkBytes];
        foreach (var key in _keys)
        {
            Mark(key, token[..MarkAt], mark);
            if (CryptographicOperations.FixedTimeEquals(mark, token[MarkAt..]))
            {
                return true;
            }
        }

        return false;
    }

    private static void Mark(byte[] key, ReadOnlySpan<byte> content, Span<byte> mark) =>
        HMACSHA256.HashData(key, content).AsSpan(0, MarkBytes).CopyTo(mark);

    private static ImmutableArray<byte> Hash(ReadOnlySpan<byte> token) => [.. SHA256.HashData(token[SecretAt..MarkAt])];
}

/// <summary>What a refresh token says.</summary>
internal sealed record RefreshToken(Guid UserId, Guid SessionId, ImmutableArray<byte> Hash);
