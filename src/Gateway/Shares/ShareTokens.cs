using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Shares;

/// <summary>
/// The tokens of shares: 128 bits that nobody can compute without the secret key. A token is computed from the share's id and time, so a
/// repeat of the request that made the share gets the same one, although only its hash is stored.
/// </summary>
internal sealed class ShareTokens(IOptions<TokenOptions> options)
{
    private const int TokenBytes = 16;
    private const int KeyBytes = 32;
    private const int GuidBytes = 16;

    private readonly byte[][] _keys =
        [.. options.Value.Secrets.Select(static secret =>
            HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, KeyBytes, info: "geminichat share tokens"u8.ToArray()))];

    /// <summary>The token of a new share.</summary>
    public string Create(Guid shareId, DateTimeOffset createdAt) => Compute(_keys[0], shareId, createdAt);

    /// <summary>The token of a share; null if it was computed with a secret that is not known any more.</summary>
    public string? Find(RoomShare share) =>
        _keys.Select(key => Compute(key, share.Id, share.CreatedAt)).FirstOrDefault(token => Hash(token) == share.TokenHash);

    public static string Hash(string token) => TryHash(token) ?? throw new FormatException("Not a token.");

    /// <summary>The hash of a token as it is stored; null if the text is not a token.</summary>
    public static string? TryHash(string text)
    {
        Span<byte> token = stackalloc byte[TokenBytes];
        return Base64UrlText.TryDecode(text, token) ? Convert.ToHexStringLower(SHA256.HashData(token)) : null;
    }

    private static string Compute(byte[] key, Guid shareId, DateTimeOffset createdAt)
    {
        Span<byte> input = stackalloc byte[GuidBytes + sizeof(long)];
        shareId.TryWriteBytes(input, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(input[GuidBytes..], createdAt.ToUnixTimeMilliseconds());
        return Base64Url.EncodeToString(HMACSHA256.HashData(key, input).AsSpan(0, TokenBytes));
    }
}
