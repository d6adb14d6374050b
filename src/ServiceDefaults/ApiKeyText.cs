using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.ServiceDefaults;

/// <summary>
/// API keys as text: <c>gck_</c>, the id, an underscore and the secret, both in lower-case hexadecimal digits. The beginning tells
/// scanners for leaked secrets what it is.
/// </summary>
internal static class ApiKeyText
{
    public const string Prefix = "gck_";

    private const int SecretBytes = 20;
    private const int IdLength = 32;
    private const int SecretLength = 2 * SecretBytes;
    private const int Length = 4 + IdLength + 1 + SecretLength;

    /// <summary>Creates a key with a new secret.</summary>
    /// <param name="id">The key's id.</param>
    /// <param name="secretHash">What the database keeps: the SHA-256 of the secret. A random secret needs no slow hash.</param>
    public static string Create(Guid id, out string secretHash)
    {
        var secret = RandomNumberGenerator.GetHexString(SecretLength, lowercase: true);
        secretHash = Hash(secret);
        return $"{Prefix}{id:N}_{secret}";
    }

    /// <summary>Reads a key; false if the text has not the form of one.</summary>
    public static bool TryParse(string text, out Guid id, [NotNullWhen(true)] out string? secretHash)
    {
        secretHash = null;
        id = Guid.Empty;
        if (text.Length != Length || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + IdLength] != '_'
            || !Guid.TryParseExact(text.AsSpan(Prefix.Length, IdLength), "N", out id))
        {
            return false;
        }

        secretHash = Hash(text[^SecretLength..]);
        return true;
    }

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
