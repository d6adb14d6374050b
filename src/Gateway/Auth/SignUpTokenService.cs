using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Numbers;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Encrypts sign-ups into tokens (AES-256-GCM), which the client sends back together with a code. So a phone can have any
/// number of pending sign-ups, none is stored, and a password counts only for the client that chose it.
/// </summary>
internal sealed class SignUpTokenService(IOptions<TokenOptions> options, TimeProvider time)
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>A token with an escaped name of 200 code units, a hash and a time is much shorter.</summary>
    private const int MaxLength = 4096;

    private readonly byte[][] _keys =
        [.. options.Value.Secrets.Select(static secret =>
            HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, KeyBytes, info: "geminichat sign-up tokens"u8.ToArray()))];

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

    /// <summary>Decrypts a token that was created for this number within <see cref="SignUp.Lifetime"/>.</summary>
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

    /// <summary>A token is bound to the phone, not to the spelling of its number.</summary>
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

/// <summary>The content of a sign-up token.</summary>
internal sealed record SealedSignUp(string Name, string? PasswordHash, DateTimeOffset ExpiresAt);
