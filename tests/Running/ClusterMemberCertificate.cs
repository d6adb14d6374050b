using System.Security.Cryptography.X509Certificates;

namespace GeminiChat.Running;

/// <summary>A certificate of a member of a cluster, and its key.</summary>
/// <param name="Pem">The certificate, followed by the intermediate one.</param>
/// <param name="KeyPem">Its private key.</param>
public sealed record ClusterMemberCertificate(string Pem, string KeyPem)
{
    /// <summary>The certificate with its key.</summary>
    public X509Certificate2 Load() => X509Certificate2.CreateFromPem(Pem, KeyPem);

    /// <summary>Writes the files that the settings <c>CLUSTER_TLS_*</c> name.</summary>
    /// <param name="folder">Where they go.</param>
    /// <param name="authorities">Those that the member trusts.</param>
    /// <returns>The settings.</returns>
    public (string Name, string Value)[] Write(string folder, params ReadOnlySpan<TestCertificateAuthority> authorities)
    {
        var roots = "";
        foreach (var authority in authorities)
        {
            roots += authority.Pem + "\n";
        }

        return
        [
            ("CLUSTER_TLS_CERT_FILE", Write(Path.Combine(folder, "tls.crt"), Pem)),
            ("CLUSTER_TLS_KEY_FILE", Write(Path.Combine(folder, "tls.key"), KeyPem)),
            ("CLUSTER_TLS_CA_FILE", Write(Path.Combine(folder, "ca.crt"), roots)),
        ];
    }

    private static string Write(string file, string text)
    {
        File.WriteAllText(file, text);
        return file;
    }
}
