using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Numbers;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Seals sign-ups into tokens (AES-256-GCM), for their makers to give back together with a code. So any number of
/// sign-ups of one phone wait side by side, none is stored, and a password counts only for who chose it.
/// </summary>
internal sealed class SignUpTokenService(IOptions<TokenOptions> options, TimeProvider time)
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>A name of 200 code units, escaped, a hash and a time are well below.</summary>
    private const int MaxLength = 4096;

    private readonly byte[][] _keys =
        [.. options.Value.Secrets.Select(static secret =>
            HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, KeyBytes, info: "geminichat sign-up tokens"u8.ToArray()))];

    /// <summary>Seals a sign-up of a number.</summary>
    public string Seal(string e164, SignUp signUp)
    {
        var content = new SealedSignUp(signUp.Name, signUp.PasswordHash, time.GetUtcNow() + SignUp.Lifetime);
        var plain = JsonSerializer.SerializeToUtf8Bytes(content, Json.Context.SealedSignUp);
        var token = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = token.AsSpan(..NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_keys[0], TagBytes);
        aes.Encrypt(nonce, plain, token.AsSpan(NonceBytes..^TagBytes), token.AsSpan(^TagBytes..), AssociatedData(e164));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Opens a token that was sealed for this number within <see cref="SignUp.Lifetime"/>.</summary>
    public bool TryOpen(string text, string e164, [NotNullWhen(true)] out SignUp? signUp)
    {
        signUp = null;
        var token = new byte[Base64Url.GetMaxDecodedLength(Math.Min(text.Length, MaxLength))];
        if (token.Length <= NonceBytes + TagBytes || !Base64UrlText.TryDecode(text, token))
        {
            return false;
        }

        var content = _keys.Select(key => Open(key, token, e164)).FirstOrDefault(opened => opened is not null);
        signUp = content is not null && time.GetUtcNow() < content.ExpiresAt ? new SignUp(content.Name, content.PasswordHash) : null;
        return signUp is not null;
    }

    /// <summary>A token is bound to the phone, however its number is spelled.</summary>
    private static byte[] AssociatedData(string e164) => Encoding.ASCII.GetBytes(PhoneNumberAliases.Canonical(e164));

    private static SealedSignUp? Open(byte[] key, byte[] token, string e164)
    {
        var cipher = token.AsSpan(NonceBytes..^TagBytes);
        var plain = new byte[cipher.Length];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(token.AsSpan(..NonceBytes), cipher, token.AsSpan(^TagBytes..), plain, AssociatedData(e164));
            return JsonSerializer.Deserialize(plain, Json.Context.SealedSignUp);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}

/// <summary>What a sign-up token holds.</summary>
/// <param name="Name">As given.</param>
/// <param name="PasswordHash">As ASP.NET Core's <c>PasswordHasher</c> writes it.</param>
/// <param name="ExpiresAt">The first moment at which it is no longer good.</param>
internal sealed record SealedSignUp(string Name, string? PasswordHash, DateTimeOffset ExpiresAt);
