using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Payments;

/// <summary>Tells Stripe's webhooks from everybody else's.</summary>
/// <remarks>
/// Stripe.net has a check too, but it takes a text in place of the bytes that were signed, and times of 32 bits.
/// </remarks>
internal sealed class WebhookSignatureVerifier(IOptions<WebhookOptions> options, TimeProvider time)
{
    /// <summary>How far the time in a signature may be off, either way: Stripe's own tolerance.</summary>
    public const long ToleranceSeconds = 300;

    // A SHA-256 in hexadecimal digits.
    private const int SignatureLength = 2 * SHA256.HashSizeInBytes;

    private readonly byte[][] _secrets = [.. options.Value.Secrets.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whether there is a secret to check with: payments are off otherwise.</summary>
    public bool IsConfigured => _secrets.Length > 0;

    /// <summary>
    /// Whether a header may be a signature, before there is a body to compare it with: it has the form, and a time that is
    /// near. It keeps out who does not even pretend to be Stripe.
    /// </summary>
    public bool IsPlausible(string? header)
    {
        var parts = SplitHeader(header);
        return FindValues(parts, "t=").FirstOrDefault() is { } signedAt && IsRecent(signedAt)
            && FindValues(parts, "v1=").Any(signature => signature.Length == SignatureLength && signature.All(char.IsAsciiHexDigitLower));
    }

    /// <summary>Whether Stripe signed a webhook, and not long ago. Never while payments are off.</summary>
    /// <param name="body">The body as it came.</param>
    /// <param name="header">
    /// <c>Stripe-Signature</c>: <c>t=1492774577,v1=5257a869e7…,v0=…</c>, with several <c>v1</c> while a secret is rolled.
    /// </param>
    public bool IsValid(ReadOnlySpan<byte> body, string? header)
    {
        var parts = SplitHeader(header);
        if (FindValues(parts, "t=").FirstOrDefault() is not { } signedAt || !IsRecent(signedAt) || !Utf8.IsValid(body))
        {
            return false;
        }

        var isValid = false;
        foreach (var secret in _secrets)
        {
            var expected = Sign(secret, signedAt, body);
            foreach (var signature in FindValues(parts, "v1="))
            {
                isValid |= CryptographicOperations.FixedTimeEquals(
                    MemoryMarshal.AsBytes<char>(signature),
                    MemoryMarshal.AsBytes<char>(expected));
            }
        }

        return isValid;
    }

    private bool IsRecent(string signedAt) =>
        long.TryParse(signedAt, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) <= ToleranceSeconds;

    private static string Sign(byte[] secret, string signedAt, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData(Encoding.ASCII.GetBytes(signedAt + "."));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string[] SplitHeader(string? header) => (header ?? "").Split(',', StringSplitOptions.TrimEntries);

    private static IEnumerable<string> FindValues(string[] parts, string name) =>
        parts.Where(part => part.StartsWith(name, StringComparison.Ordinal)).Select(part => part[name.Length..]);
}
