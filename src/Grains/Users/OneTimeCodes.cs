using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Grains.Users;

/// <summary>The secret behind one-time codes.</summary>
public sealed class OneTimeCodeOptions
{
    /// <summary>
    /// The service's secret, setting <c>SECRET_KEY</c>. Six digits can be found from a plain hash by trying all of them.
    /// With this keyed hash that is impossible without the secret, which is not in the database.
    /// </summary>
    [ConfigurationKeyName("SECRET_KEY")]
    public string SecretKey { get; set; } = "";
}

/// <summary>Makes and hashes one-time codes. Thread-safe.</summary>
internal sealed class OneTimeCodes(IOptions<OneTimeCodeOptions> options)
{
    private const int Digits = 6;

    private readonly byte[] _key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        Encoding.UTF8.GetBytes(options.Value.SecretKey),
        outputLength: 32,
        info: "geminichat one-time codes"u8.ToArray());

    /// <summary>How long a code is valid (NIST 800-63B: at most ten minutes).</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The maximum number of guesses of one kind for a code: guesses that name its request, and guesses that do not.
    /// </summary>
    public const int MaxGuesses = 5;

    public static string Generate() =>
        RandomNumberGenerator.GetInt32(1_000_000).ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');

    /// <summary>A code that cannot be guessed or typed, because it is not six digits.</summary>
    public static string GenerateDecoy() => RandomNumberGenerator.GetHexString(32);

    /// <summary>A keyed hash of a code, bound to its number and its purpose.</summary>
    public ImmutableArray<byte> Hash(string phoneKey, CodePurpose purpose, string code) =>
        [.. HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{phoneKey}\n{(int)purpose}\n{code}"))];

    public bool Matches(StoredCode stored, string phoneKey, string code) =>
        CryptographicOperations.FixedTimeEquals(stored.Hash.AsSpan(), Hash(phoneKey, stored.Purpose, code).AsSpan());
}
