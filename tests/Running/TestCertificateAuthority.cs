using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GeminiChat.Running;

/// <summary>A certificate authority that issues certificates by an intermediate one, as many do.</summary>
public sealed class TestCertificateAuthority : IDisposable
{
    private const string Server = "1.3.6.1.5.5.7.3.1";
    private const string Client = "1.3.6.1.5.5.7.3.2";

    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddDays(-10);
    private static readonly DateTimeOffset Until = TimeProvider.System.GetUtcNow().AddYears(1);

    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;

    public TestCertificateAuthority(string name)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _root = Authority($"CN={name} root", rootKey).CreateSelfSigned(From, Until);
        using var issued = Authority($"CN={name}", key).Create(_root, From, Until, RandomNumberGenerator.GetBytes(8));
        _intermediate = issued.CopyWithPrivateKey(key);
    }

    /// <summary>The root, for <c>CLUSTER_TLS_CA_FILE</c>.</summary>
    public string Pem => _root.ExportCertificatePem();

    /// <summary>Issues a certificate for a member of a cluster.</summary>
    /// <param name="until">The end of its validity; a year ahead by default.</param>
    /// <param name="isForServers">Whether it may also serve others.</param>
    public ClusterMemberCertificate Issue(DateTimeOffset? until = null, bool isForServers = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=member", key, HashAlgorithmName.SHA256);
        OidCollection usages = isForServers ? [new Oid(Client), new Oid(Server)] : [new Oid(Client)];
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, false));
        using var issued = request.Create(_intermediate, From.AddDays(1), until ?? Until.AddDays(-1), RandomNumberGenerator.GetBytes(8));
        return new ClusterMemberCertificate(
            $"{issued.ExportCertificatePem()}\n{_intermediate.ExportCertificatePem()}\n", key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }
}
