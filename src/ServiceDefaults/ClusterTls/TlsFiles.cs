using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.ServiceDefaults.ClusterTls;

/// <summary>The PEM files of a cluster member.</summary>
/// <param name="Certificate">This process's certificate, followed by the intermediate certificates, if any.</param>
/// <param name="Key">The certificate's private key, not encrypted.</param>
/// <param name="Authorities">The only root certificates that are trusted for members' certificates.</param>
internal sealed record TlsFiles(string Certificate, string Key, string Authorities)
{
    private const string AllOrNoneMessage =
        "CLUSTER_TLS_CERT_FILE, CLUSTER_TLS_KEY_FILE and CLUSTER_TLS_CA_FILE belong together: set all of them or none.";

    /// <summary>Reads <c>CLUSTER_TLS_CERT_FILE</c>, <c>CLUSTER_TLS_KEY_FILE</c> and <c>CLUSTER_TLS_CA_FILE</c>.</summary>
    /// <returns>Null when none is set. The cluster then has no TLS.</returns>
    /// <exception cref="SettingException">Only some are set.</exception>
    public static TlsFiles? From(IConfiguration settings)
    {
        string?[] files = [settings["CLUSTER_TLS_CERT_FILE"], settings["CLUSTER_TLS_KEY_FILE"], settings["CLUSTER_TLS_CA_FILE"]];
        return files.All(string.IsNullOrWhiteSpace) ? null
            : files is [{ Length: > 0 } certificate, { Length: > 0 } key, { Length: > 0 } authorities]
                ? new TlsFiles(certificate.Trim(), key.Trim(), authorities.Trim())
            : throw new SettingException(AllOrNoneMessage);
    }

    /// <summary>Reads the files.</summary>
    /// <exception cref="SettingException">One of them cannot be read.</exception>
    public PemContents Read() => new(
        ReadFile("CLUSTER_TLS_CERT_FILE", Certificate), ReadFile("CLUSTER_TLS_KEY_FILE", Key), ReadFile("CLUSTER_TLS_CA_FILE", Authorities));

    private static string ReadFile(string setting, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new SettingException($"{setting} cannot be read: {e.Message}");
        }
    }
}

/// <summary>The contents of the files.</summary>
internal sealed record PemContents(string Certificate, string Key, string Authorities)
{
    /// <summary>Only the name, because one of the contents is a private key.</summary>
    public override string ToString() => nameof(PemContents);

    /// <summary>The certificate with its key, and the intermediate certificates.</summary>
    /// <exception cref="SettingException">They cannot be read, or the key does not belong to the certificate.</exception>
    public (X509Certificate2 Own, X509Certificate2Collection Intermediates) ToCertificate()
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPem(Certificate);
            return (X509Certificate2.CreateFromPem(Certificate, Key), [.. all.Skip(1)]);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new SettingException(
                "CLUSTER_TLS_CERT_FILE and CLUSTER_TLS_KEY_FILE must be PEM files with a certificate and its own private key, not encrypted.");
        }
    }

    /// <summary>The root certificates.</summary>
    /// <exception cref="SettingException">There is none, or they cannot be read.</exception>
    public X509Certificate2Collection ToAuthorities()
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(Authorities);
        }
        catch (CryptographicException)
        {
            roots.Clear();
        }

        return roots.Count > 0
            ? roots
            : throw new SettingException("CLUSTER_TLS_CA_FILE must be a PEM file with at least one certificate.");
    }
}
