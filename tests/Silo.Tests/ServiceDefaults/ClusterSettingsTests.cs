using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.Silo.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace GeminiChat.Silo.Tests.ServiceDefaults;

public sealed class ClusterSettingsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("fd00::7", "fd00::7")]
    public void A_silo_tells_others_the_address_it_is_given(string? setting, string? expected) =>
        Assert.Equal(expected, ClusterSettings.Read(Cluster("SILO_ADDRESS", setting)).SiloAddress?.ToString());

    [Fact]
    public void A_name_is_no_address() => Refused("SILO_ADDRESS", "silo-1", settings => ClusterSettings.Read(settings));

    [Fact]
    public void Pods_are_the_only_other_hosting() => Refused("HOSTING", "docker", settings =>
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddConfiguration(settings);
        builder.UseOrleans(silo => silo.UsePods());
    });

    private static void Refused(string name, string value, Action<IConfiguration> read)
    {
        var wrong = Assert.Throws<SettingException>(() => read(Cluster(name, value)));
        Assert.Contains(name, wrong.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Cluster(string name, string? value) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("CLUSTERING", "redis"), new("REDIS_URL", "redis://localhost"), new(name, value)])
        .Build();
}
