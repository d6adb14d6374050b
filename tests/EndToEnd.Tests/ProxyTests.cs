using GeminiChat.Played;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A network that lets nobody out but through its proxy.</summary>
public sealed class ProxyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http://gemini.invalid", "through the proxy")]
    [InlineData(null, "directly")]
    public async Task The_model_is_called_through_the_proxy_that_the_environment_names_unless_it_is_on_this_machine(
        string? origin, string answer)
    {
        await using var proxy = await PlayedGemini.Start();
        await using var local = await PlayedGemini.Start();
        proxy.Always(Script.Words("through the proxy"));
        local.Always(Script.Words("directly"));
        await using var gateway = await GatewayProcess.Start(
            _folder.Path,
            ("http_proxy", proxy.BaseUrl),
            ("no_proxy", ""),
            ("GEMINI_API_KEY", PlayedGemini.Key),
            ("GEMINI_BASE_URL", origin ?? local.BaseUrl));
        var user = await ChatUser.SignIn(gateway.Http);
        Assert.Equal(answer, (await user.Ask(await user.NewRoom(), "hello")).Text());
    }
}
