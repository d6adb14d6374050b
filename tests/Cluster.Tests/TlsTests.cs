using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Fakes;

namespace GeminiChat.Cluster.Tests;

/// <summary>Members of a cluster show each other certificates; others get nothing.</summary>
[Collection<StableMembers>]
public sealed class TlsTests(StableClusterFixture fixture)
{
    private const int Rooms = 16;

    [Fact]
    public async Task A_gateway_with_a_certificate_of_another_authority_finds_no_silo()
    {
        var cluster = await fixture.GetHealthyCluster();
        using var folder = new TemporaryFolder();
        using var foreign = new TestCertificateAuthority("foreign");

        // It believes the silos: they are the ones that refuse.
        await AssertFindsNoSilo(cluster, foreign.Issue().Write(folder.Path, foreign, fixture.Authority));
    }

    [Fact]
    public async Task A_gateway_without_a_certificate_finds_no_silo()
    {
        var cluster = await fixture.GetHealthyCluster();
        await AssertFindsNoSilo(cluster, ("CLUSTER_TLS_CERT_FILE", ""), ("CLUSTER_TLS_KEY_FILE", ""), ("CLUSTER_TLS_CA_FILE", ""));
    }

    [Fact]
    public async Task A_silo_port_refuses_connections_without_a_certificate_of_the_cluster_authority()
    {
        await fixture.GetHealthyCluster();
        using var foreign = new TestCertificateAuthority("foreign");
        Assert.Equal(4, fixture.Ports.Count);
        foreach (var port in fixture.Ports)
        {
            await AssertConnectionRefused(port, null);
            await AssertConnectionRefused(port, foreign.Issue());
        }
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_for_new_connections_without_a_restart()
    {
        var cluster = await fixture.GetHealthyCluster();
        var member = fixture.Authority.Issue();
        var before = await SerialNumbers(member);

        fixture.Renew();

        var renewed = Assert.Single((await SerialNumbers(member)).Distinct(StringComparer.Ordinal));
        Assert.DoesNotContain(renewed, before);
        await cluster.Gateways[0].Kill();
        await cluster.RestartStoppedMembers();
        await AssertAllSilosAnswer(cluster);
    }

    private static async Task AssertAllSilosAnswer(RunningCluster cluster)
    {
        cluster.Gemini.ReplyWith(_ => Script.Words("ok"));
        var talk = new ChatDriver(cluster);
        var rooms = await talk.Open(Rooms);
        await talk.PostToEach(rooms);
        await talk.WaitUntilAnswered(rooms, Deadline.Timeout);
        var markers = rooms.Select(room => room.Marker).ToHashSet();
        var calls = cluster.Gemini.Calls.Requests.Where(call => markers.Contains(call.System!));
        Assert.Equal(cluster.Silos.Count, calls.Select(RunningCluster.SiloOf).Distinct().Count());
    }

    private static async Task AssertFindsNoSilo(RunningCluster cluster, params (string Name, string Value)[] settings)
    {
        await using var gateway = cluster.LaunchExtraGateway(settings);
        await gateway.WaitForLog("No silo answers yet");

        // The web server starts at the same time.
        await gateway.WaitUntilLive();
        using var ready = await gateway.Http.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    private static async Task AssertConnectionRefused(int port, ClusterMemberCertificate? certificate)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = Tls(connection);
        try
        {
            await Connect(tls, certificate);
            Assert.Equal(0, await tls.ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline.Timeout));
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            // In the handshake, or just after it.
        }
    }

    private async Task<string[]> SerialNumbers(ClusterMemberCertificate member) => await Task.WhenAll(fixture.Ports.Select(async port =>
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = Tls(connection);
        await Connect(tls, member);
        return tls.RemoteCertificate!.GetSerialNumberString();
    }));

    private static SslStream Tls(TcpClient connection) =>
        new(connection.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);

    private static Task Connect(SslStream tls, ClusterMemberCertificate? certificate)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificate?.Pem ?? "");
        return tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "silo",
            ApplicationProtocols = [new SslApplicationProtocol("Orleans1")],
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate.Load(), chain, offline: true),
        }).WaitAsync(Deadline.Timeout);
    }
}
