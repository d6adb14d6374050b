using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.ServiceDefaults.ClusterTls;

/// <summary>The PEM files that members of a cluster prove themselves with.</summary>
/// <param name="Certificate">This process's certificate, followed by the intermediate ones, if any.</param>
/// <param name="Key">The certificate's private key, not encrypted.</param>
/// <param name="Authorities">The root certificates that members' certificates are checked against, and no others.</param>
internal sealed record TlsFiles(string Certificate, string Key, string Authorities)
{
    private const string AllOrNoneMessage =
        "CLUSTER_TLS_CERT_FILE, CLUSTER_TLS_KEY_FILE and CLUSTER_TLS_CA_FILE belong together: set all of them or none.";

    /// <summary>Reads <c>CLUSTER_TLS_CERT_FILE</c>, <c>CLUSTER_TLS_KEY_FILE</c> and <c>CLUSTER_TLS_CA_FILE</c>.</summary>
    /// <returns>Null when none is set: then the cluster has no TLS.</returns>
    /// <exception cref="SettingException">Only some are set.</exception>
    public static TlsFiles? From(IConfiguration settings)
    {
        string?[] files = [settings["CLUSTER_TLS_CERT_FILE"], settings["CLUSTER_TLS_KEY_FILE"], settings["CLUSTER_TLS_CA_FILE"]];
        return files.All(string.IsNullOrWhiteSpace) ? null
            : files is [{ Length: > 0 } certificate, { Length: > 0 } key, { Length: > 0 } authorities]
                ? new TlsFiles(certificate.Trim(), key.Trim(), authorities.Trim())
            : throw new SettingException(AllOrNoneMessage);
    }

    /// <summary>The files' text as it is now: equal texts are equal certificates.</summary>
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

/// <summary>What the files hold.</summary>
internal sealed record PemContents(string Certificate, string Key, string Authorities)
{
    /// <summary>The name alone: one of them is a private key.</summary>
    public override string ToString() => nameof(PemContents);

    /// <summary>The certificate with its key, and the intermediate ones behind it.</summary>
    /// <exception cref="SettingException">They cannot be read, or do not belong together.</exception>
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

    /// <summary>The roots.</summary>
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
