using GeminiChat.Silo.Gemini;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Gemini;

public sealed class GeminiHostingTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Without_a_key_the_offline_assistant_answers(string? key)
    {
        await using var services = Services(("GEMINI_API_KEY", key));

        Assert.IsType<OfflineAssistant>(services.GetRequiredService<IChatClient>());
    }

    [Fact]
    public async Task With_a_key_Gemini_answers_with_the_defaults()
    {
        await using var services = Services(("GEMINI_API_KEY", " key "), ("GEMINI_MODEL", ""), ("GEMINI_BASE_URL", " "));
        var options = services.GetRequiredService<IOptions<GeminiOptions>>().Value;

        Assert.IsType<GeminiChatClient>(services.GetRequiredService<IChatClient>());
        Assert.Equal("key", options.ApiKey);
        Assert.Equal("gemini-3.8-flash", options.Model);
        Assert.Equal("https://generativelanguage.googleapis.com", options.Origin);
        Assert.Equal(("v1beta", "/v1beta/models"), (options.ApiVersion, options.ModelsPath));
        Assert.Equal((60, 300), (options.IdleSeconds, options.TotalSeconds));
    }

    [Fact]
    public async Task Every_setting_is_applied()
    {
        await using var services = Services(
            ("GEMINI_API_KEY", "key"),
            ("GEMINI_MODEL", "gemini-x"),
            ("GEMINI_BASE_URL", "http://127.0.0.1:8089/"),
            ("GEMINI_API_VERSION", "v1"),
            ("GEMINI_IDLE_SECONDS", "5"),
            ("GEMINI_TOTAL_SECONDS", "50"),
            ("GEMINI_URL_CONTEXT", "true"),
            ("GEMINI_CODE_EXECUTION", "True"),
            ("GEMINI_SAFETY", "BLOCK_ONLY_HIGH"));
        var options = services.GetRequiredService<IOptions<GeminiOptions>>().Value;

        Assert.Equal("gemini-x", options.Model);
        Assert.Equal("http://127.0.0.1:8089/", options.Origin);
        Assert.Equal("/v1/models", options.ModelsPath);
        Assert.Equal((true, true, "BLOCK_ONLY_HIGH"), (options.UrlContext, options.CodeExecution, options.Safety));
        Assert.Equal((5, 50), (options.IdleSeconds, options.TotalSeconds));
    }

    [Theory]
    [InlineData("GEMINI_API_KEY", "two words")]
    [InlineData("GEMINI_MODEL", "../secrets")]
    [InlineData("GEMINI_BASE_URL", "generativelanguage.googleapis.com")]
    [InlineData("GEMINI_BASE_URL", "ftp://example.org")]
    [InlineData("GEMINI_BASE_URL", "https://example.org/v1beta")]
    [InlineData("GEMINI_BASE_URL", "https://user:secret@example.org")]
    [InlineData("GEMINI_BASE_URL", "https://example.org?x=1")]
    [InlineData("GEMINI_API_VERSION", "../v1")]
    [InlineData("GEMINI_IDLE_SECONDS", "0")]
    [InlineData("GEMINI_IDLE_SECONDS", "soon")]
    [InlineData("GEMINI_TOTAL_SECONDS", "3601")]
    [InlineData("GEMINI_URL_CONTEXT", "yes")]
    [InlineData("GEMINI_SAFETY", "low")]
    [InlineData("GEMINI_VERTEX_PROJECT", "My Project")]
    [InlineData("GEMINI_VERTEX_LOCATION", "../x")]
    public async Task A_bad_setting_stops_the_start_and_is_named(string setting, string value)
    {
        await using var services = Services((setting, value));
        var validator = services.GetRequiredService<IStartupValidator>();

        var stopped = Assert.ThrowsAny<Exception>(validator.Validate);

        Assert.Contains(setting, stopped.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', stopped.Message);
        Assert.DoesNotContain("secret", stopped.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)))
            .Build();
        return new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddModel().BuildServiceProvider();
    }
}
