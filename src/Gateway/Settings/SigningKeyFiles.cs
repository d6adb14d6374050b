using System.Security.Cryptography;
using GeminiChat.ServiceDefaults.Settings;
using Microsoft.IdentityModel.Tokens;

namespace GeminiChat.Gateway.Settings;

/// <summary>Reads the keys of RS256 and ES256 from PEM files.</summary>
internal static class SigningKeyFiles
{
    /// <summary>RFC 7518 3.3.</summary>
    private const int MinRsaBits = 2048;

    /// <summary>ES256 uses P-256 only, RFC 7518 3.4.</summary>
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>What is wrong with the algorithm or its keys, with the name of the setting; null if they are valid.</summary>
    public static string? Validate(TokenOptions options)
    {
        switch (options.Algorithm)
        {
            case SecurityAlgorithms.HmacSha256:
                return null;
            case SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.EcdsaSha256:
                break;
            default:
                return "ALGORITHM must be HS256, RS256 or ES256.";
        }

        if (string.IsNullOrWhiteSpace(options.PrivateKeyFile))
        {
            return $"JWT_PRIVATE_KEY_FILE is not set; ALGORITHM={options.Algorithm} signs with it.";
        }

        return ValidateRead(() => ReadPrivateKey(options), $"JWT_PRIVATE_KEY_FILE must be a PEM file with a private key for {options.Algorithm}.")
            ?? ValidateRead(() => ReadPublicKeys(options), $"JWT_PUBLIC_KEY_FILES must be PEM files with keys for {options.Algorithm}.");
    }

    public static SecurityKey ReadPrivateKey(TokenOptions options)
    {
        var key = Read(options.Algorithm, options.PrivateKeyFile!);

        // Throws if the file holds only a public key.
        _ = key switch
        {
            RsaSecurityKey rsa => rsa.Rsa.SignData([], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            ECDsaSecurityKey ec => ec.ECDsa.SignData([], HashAlgorithmName.SHA256),
            _ => throw new NotSupportedException(options.Algorithm),
        };
        return key;
    }

    /// <summary>More keys whose signatures are accepted.</summary>
    public static IReadOnlyList<SecurityKey> ReadPublicKeys(TokenOptions options) =>
        [.. SettingText.List(options.PublicKeyFiles).Select(file => Read(options.Algorithm, file))];

    private static SecurityKey Read(string algorithm, string file)
    {
        var pem = File.ReadAllText(file);
        if (algorithm is SecurityAlgorithms.RsaSha256)
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa.KeySize >= MinRsaBits ? WithKeyId(new RsaSecurityKey(rsa)) : throw new CryptographicException("Too short.");
        }

        var ec = ECDsa.Create();
        ec.ImportFromPem(pem);
        var curve = ec.ExportParameters(includePrivateParameters: false).Curve.Oid.Value;
        return curve is P256 ? WithKeyId(new ECDsaSecurityKey(ec)) : throw new CryptographicException("Another curve.");
    }

    /// <summary>RFC 7638: the same key has the same id in every process.</summary>
    public static T WithKeyId<T>(T key)
        where T : SecurityKey
    {
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return key;
    }

    private static string? ValidateRead(Action read, string flaw)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            return flaw;
        }
    }
}
