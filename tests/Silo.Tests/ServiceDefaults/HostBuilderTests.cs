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

    [Theory]
    [InlineData("Development", "", "http://localhost:8000")]
    [InlineData("Production", "", "http://*:8000")]
    [InlineData("Production", "PORT=8123", "http://*:8123")]
    [InlineData("Development", "PORT=8123;URLS=http://127.0.0.1:8124", "http://127.0.0.1:8124")]
    [InlineData("Production", "PORT=8123;URLS= ", "http://*:8123")]
    [InlineData("Production", "HTTP_PORTS=8080", null)]
    [InlineData("Production", "HTTP_PORTS=", "http://*:8000")]
    [InlineData("Production", "HTTP_PORTS=8080;PORT=8123", "http://*:8123")]
    [InlineData("Production", "Kestrel:Endpoints:Own:Url=http://localhost:8124", null)]
    public void The_port_is_8000_unless_another_address_is_set(string mode, string settings, string? expected)
    {
        string[] arguments = [$"--environment={mode}", .. settings.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(setting => $"--{setting}")];

        Assert.Equal(expected, HostRunner.CreateBuilder(arguments).Configuration["urls"]);
    }
}
