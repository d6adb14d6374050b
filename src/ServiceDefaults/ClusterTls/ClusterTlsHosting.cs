using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace GeminiChat.ServiceDefaults.ClusterTls;

/// <summary>
/// Mutual TLS between the members of a cluster: both sides of a connection must have a certificate of the cluster's own
/// authority.
/// </summary>
/// <remarks>
/// Names in certificates are not checked, because members find each other by address. So every certificate of the authority is
/// accepted, and the authority must be used for this cluster only.
/// </remarks>
internal static class ClusterTlsHosting
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Makes a silo use TLS for all connections if <c>CLUSTER_TLS_CERT_FILE</c> is set.</summary>
    /// <exception cref="SettingException">The settings or their files are wrong.</exception>
    public static void AddSiloTls(this IHostApplicationBuilder builder)
    {
        if (builder.TryAddCertificates(isSilo: true))
        {
            builder.Services.AddOptions<SiloConnectionOptions>().Configure<ClusterCertificates>((connections, certificates) =>
            {
                var options = CreateTlsOptions(certificates);
                connections.ConfigureSiloInboundConnection(connection => connection.UseServerTls(options));
                connections.ConfigureGatewayInboundConnection(connection => connection.UseServerTls(options));
                connections.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(options));
            });
        }
    }

    /// <summary>Makes a gateway connect to silos over TLS if <c>CLUSTER_TLS_CERT_FILE</c> is set.</summary>
    /// <exception cref="SettingException">The settings or their files are wrong.</exception>
    public static void AddClientTls(this IHostApplicationBuilder builder)
    {
        if (builder.TryAddCertificates(isSilo: false))
        {
            builder.Services.AddOptions<ClientConnectionOptions>().Configure<ClusterCertificates>((connections, certificates) =>
                connections.ConfigureConnection(connection => connection.UseClientTls(CreateTlsOptions(certificates))));
        }
    }

    // Whether certificates are set.
    private static bool TryAddCertificates(this IHostApplicationBuilder builder, bool isSilo)
    {
        if (TlsFiles.From(builder.Configuration) is not { } files)
        {
            builder.Services.AddSingleton(NoTlsReportLine(builder.Environment));
            return false;
        }

        // The files are checked here, so that an error is reported in one line before anything starts.
        var first = ClusterIdentity.Create(files.Read(), isSilo, TimeProvider.System.GetUtcNow());
        builder.Services.AddSingleton(new StartupReportLine(
            "cluster", $"mutual TLS, certificate valid until {first.Certificate.NotAfter.ToUniversalTime():u}"));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<ClusterCertificates>(services, files, isSilo));
        return true;
    }

    private static StartupReportLine NoTlsReportLine(IHostEnvironment environment) => new("cluster", "without TLS", environment.IsDevelopment()
        ? null
        : "CLUSTER_TLS_CERT_FILE is not set: whoever reaches a silo's ports may act as a member of the cluster, and read along.");

    private static TlsOptions CreateTlsOptions(ClusterCertificates certificates) => new()
    {
        LocalCertificate = certificates.Current.Certificate,
        HandshakeTimeout = HandshakeTimeout,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (_, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) is SslPolicyErrors.None,
        OnAuthenticateAsServer = (_, options) => Configure((SslServerAuthenticationOptions)options.SslServerAuthenticationOptions, certificates.Current),
        OnAuthenticateAsClient = (_, options) => Configure((SslClientAuthenticationOptions)options.SslClientAuthenticationOptions, certificates.Current),
    };

    // Without session resumption, which would trust a certificate that was validated some time ago.
    private static void Configure(SslServerAuthenticationOptions options, ClusterIdentity identity)
    {
        (options.ServerCertificate, options.ServerCertificateSelectionCallback) = (null, null);
        options.ServerCertificateContext = identity.Context;
        (options.CertificateChainPolicy, options.CertificateRevocationCheckMode) = (identity.CreatePeerChainPolicy(), X509RevocationMode.NoCheck);
        options.AllowTlsResume = false;
    }

    private static void Configure(SslClientAuthenticationOptions options, ClusterIdentity identity)
    {
        (options.ClientCertificates, options.LocalCertificateSelectionCallback) = (null, null);
        options.ClientCertificateContext = identity.Context;
        (options.CertificateChainPolicy, options.CertificateRevocationCheckMode) = (identity.CreatePeerChainPolicy(), X509RevocationMode.NoCheck);
        options.AllowTlsResume = false;
    }
}
