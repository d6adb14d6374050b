using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.Silo.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace GeminiChat.Rules.Tests.Settings;

public sealed class ClusterSettingsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("fd00::7", "fd00::7")]
    public void A_silo_advertises_the_configured_address(string? setting, string? expected) =>
        Assert.Equal(expected, ClusterSettings.Read(Cluster("SILO_ADDRESS", setting)).SiloAddress?.ToString());

    [Fact]
    public void A_host_name_is_refused_as_SILO_ADDRESS() => AssertRefused("SILO_ADDRESS", "silo-1", settings => ClusterSettings.Read(settings));

    [Fact]
    public void HOSTING_accepts_only_kubernetes() => AssertRefused("HOSTING", "docker", settings =>
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddConfiguration(settings);
        builder.UseOrleans(silo => silo.UseConfiguredHosting());
    });

    private static void AssertRefused(string name, string value, Action<IConfiguration> read)
    {
        var wrong = Assert.Throws<SettingException>(() => read(Cluster(name, value)));
        Assert.Contains(name, wrong.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Cluster(string name, string? value) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("CLUSTERING", "redis"), new("REDIS_URL", "redis://localhost"), new(name, value)])
        .Build();
}
