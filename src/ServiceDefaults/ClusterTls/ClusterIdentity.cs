using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.ServiceDefaults.ClusterTls;

/// <summary>A member's validated certificate, and the authorities by which it validates other members.</summary>
internal sealed class ClusterIdentity
{
    // RFC 5280 4.2.1.12, id-kp-serverAuth and id-kp-clientAuth.
    private static readonly Oid ServerAuthUsage = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthUsage = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2Collection _authorities;

    private ClusterIdentity(X509Certificate2 own, X509Certificate2Collection intermediates, X509Certificate2Collection authorities)
    {
        (Certificate, _authorities) = (own, authorities);
        Context = SslStreamCertificateContext.Create(
            own, intermediates, offline: true, SslCertificateTrust.CreateForX509Collection(authorities));
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate with its intermediate certificates, as it is sent to other members.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Creates an identity from the files' contents.</summary>
    /// <param name="texts">The contents of the files.</param>
    /// <param name="isSilo">Whether the member also accepts connections. A gateway only connects.</param>
    /// <param name="now">The time at which the certificate must be valid.</param>
    /// <exception cref="SettingException">Other members would refuse the certificate. The message gives the reason.</exception>
    public static ClusterIdentity Create(PemContents texts, bool isSilo, DateTimeOffset now)
    {
        var (own, intermediates) = texts.ToCertificate();
        var authorities = texts.ToAuthorities();
        if (now.UtcDateTime >= own.NotAfter.ToUniversalTime())
        {
            throw new SettingException($"CLUSTER_TLS_CERT_FILE is a certificate that has expired, on {own.NotAfter.ToUniversalTime():u}.");
        }

        using var chain = new X509Chain { ChainPolicy = CreateChainPolicy(authorities) };
        chain.ChainPolicy.ApplicationPolicy.Add(ClientAuthUsage);
        if (isSilo)
        {
            chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthUsage);
        }

        chain.ChainPolicy.ExtraStore.AddRange(intermediates);
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        return chain.Build(own) ? new ClusterIdentity(own, intermediates, authorities) : throw new SettingException(
            $"CLUSTER_TLS_CERT_FILE is not valid for {(isSilo ? "a server and a client" : "a client")} by the authorities of " +
            $"CLUSTER_TLS_CA_FILE: {string.Join(", ", chain.ChainStatus.Select(status => status.Status))}.");
    }

    /// <summary>
    /// The policy for other members' certificates: only the given authorities are trusted, not those of the machine.
    /// </summary>
    public X509ChainPolicy CreatePeerChainPolicy() => CreateChainPolicy(_authorities);

    private static X509ChainPolicy CreateChainPolicy(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
