using GeminiChat.ServiceDefaults.ClusterTls;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace GeminiChat.Silo.Tests.ServiceDefaults;

public sealed class TlsFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificateAuthority _authority = new("cluster");
    private readonly TestCertificateAuthority _foreign = new("foreign");

    public void Dispose()
    {
        _authority.Dispose();
        _foreign.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_certificate_of_the_authority_is_accepted_with_its_intermediate() =>
        Assert.Single(Identity(_authority.Issue()).Context.IntermediateCertificates);

    [Theory]
    [InlineData("CLUSTER_TLS_CERT_FILE")]
    [InlineData("CLUSTER_TLS_KEY_FILE")]
    [InlineData("CLUSTER_TLS_CA_FILE")]
    public void A_missing_file_or_setting_is_named(string name)
    {
        var settings = _authority.Issue().Write(_folder.Path, _authority);
        File.Delete(settings.Single(setting => setting.Name == name).Value);
        AssertRefused(name, () => TlsFiles.From(Settings(settings))!.Read());
        AssertRefused(name, () => TlsFiles.From(Settings([.. settings.Where(setting => setting.Name != name)])));
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused() => AssertRefused(
        "CLUSTER_TLS_KEY_FILE", () => Identity(_authority.Issue() with { KeyPem = _authority.Issue().KeyPem }));

    [Fact]
    public void A_file_without_a_certificate_is_refused() => AssertRefused(
        "CLUSTER_TLS_CERT_FILE", () => Identity(_authority.Issue() with { Pem = "nothing" }));

    [Fact]
    public void A_file_without_an_authority_is_refused()
    {
        var files = TlsFiles.From(Settings(_authority.Issue().Write(_folder.Path)))!;
        AssertRefused("CLUSTER_TLS_CA_FILE", () => ClusterIdentity.Create(files.Read(), isSilo: true, TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public void An_expired_certificate_is_refused() => AssertRefused(
        "has expired", () => Identity(_authority.Issue(until: TimeProvider.System.GetUtcNow().AddDays(-1))));

    [Fact]
    public void A_certificate_of_another_authority_is_refused() => AssertRefused("CLUSTER_TLS_CA_FILE", () => Identity(_foreign.Issue()));

    [Fact]
    public void A_client_certificate_suffices_for_a_gateway_but_not_for_a_silo()
    {
        var client = _authority.Issue(isForServers: false);
        Assert.NotNull(Identity(client, isSilo: false));
        AssertRefused("a server and a client", () => Identity(client));
    }

    [Fact]
    public void Renewed_files_are_loaded_and_invalid_ones_are_not()
    {
        var first = _authority.Issue();
        var files = TlsFiles.From(Settings(first.Write(_folder.Path, _authority)))!;
        var certificates = new ClusterCertificates(
            files, isSilo: true, TimeProvider.System, NullLogger<ClusterCertificates>.Instance);
        Assert.Equal(Thumbprint(first), certificates.Current.Certificate.Thumbprint);

        (first with { KeyPem = _foreign.Issue().KeyPem }).Write(_folder.Path, _authority);
        Assert.Equal(Thumbprint(first), certificates.Current.Certificate.Thumbprint);

        var second = _authority.Issue();
        second.Write(_folder.Path, _authority);
        Assert.Equal(Thumbprint(second), certificates.Current.Certificate.Thumbprint);
    }

    [Theory]
    [InlineData("Production", true)]
    [InlineData("Development", false)]
    public void Outside_Development_a_cluster_without_TLS_is_warned_of(string environment, bool warns)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = environment });
        builder.AddSiloTls();
        var line = Assert.Single(builder.Services, service => service.ServiceType == typeof(StartupReportLine)).ImplementationInstance as StartupReportLine;
        Assert.Equal(warns, line?.Warning?.Contains("CLUSTER_TLS_CERT_FILE", StringComparison.Ordinal) ?? false);
    }

    private ClusterIdentity Identity(ClusterMemberCertificate certificate, bool isSilo = true)
    {
        var files = TlsFiles.From(Settings(certificate.Write(_folder.Path, _authority)))!;
        return ClusterIdentity.Create(files.Read(), isSilo, TimeProvider.System.GetUtcNow());
    }

    private static string Thumbprint(ClusterMemberCertificate certificate)
    {
        using var loaded = certificate.Load();
        return loaded.Thumbprint;
    }

    private static void AssertRefused(string word, Action read)
    {
        var wrong = Assert.Throws<SettingException>(read);
        Assert.Contains(word, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', wrong.Message);
    }

    private static IConfiguration Settings((string Name, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Name, setting.Value)))
        .Build();
}
