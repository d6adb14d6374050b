using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Payments;

/// <summary>Checks the signatures of Stripe's webhooks.</summary>
/// <remarks>
/// The check of Stripe.net is not used: it takes a text instead of the signed bytes, and times of 32 bits.
/// </remarks>
internal sealed class WebhookSignatureVerifier(IOptions<WebhookOptions> options, TimeProvider time)
{
    /// <summary>The allowed difference of time, in both directions. Stripe's library has the same value.</summary>
    public const long ToleranceSeconds = 300;

    private const int SignatureLength = 2 * SHA256.HashSizeInBytes;

    private readonly byte[][] _secrets = [.. options.Value.Secrets.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Without a secret, payments are off.</summary>
    public bool IsConfigured => _secrets.Length > 0;

    /// <summary>
    /// Checks the format and the time of a signature before the body is read. It refuses clients that do not even try to look
    /// like Stripe.
    /// </summary>
    public bool IsPlausible(string? header)
    {
        var parts = SplitHeader(header);
        return FindValues(parts, "t=").FirstOrDefault() is { } signedAt && IsRecent(signedAt)
            && FindValues(parts, "v1=").Any(signature => signature.Length == SignatureLength && signature.All(char.IsAsciiHexDigitLower));
    }

    /// <summary>Whether Stripe signed the body recently. False while payments are off.</summary>
    /// <param name="body">The raw body.</param>
    /// <param name="header">
    /// <c>Stripe-Signature</c>: <c>t=1492774577,v1=5257a869e7…,v0=…</c>, with several <c>v1</c> while a secret is rotated.
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
