using GeminiChat.ServiceDefaults.Startup;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace GeminiChat.Silo.Tests.ServiceDefaults;

public sealed class HostBuilderTests
{
    [Fact]
    public void No_settings_file_is_watched_for_changes()
    {
        IConfigurationBuilder configuration = HostRunner.CreateBuilder(["--NAME=value"]).Configuration;

        var files = configuration.Sources.OfType<JsonConfigurationSource>().ToList();
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => file.ReloadOnChange);
        Assert.Equal("value", ((IConfiguration)configuration)["NAME"]);
    }
}
