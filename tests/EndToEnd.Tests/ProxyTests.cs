using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A network that lets nobody out but through its proxy.</summary>
public sealed class ProxyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http://gemini.invalid", "through the proxy")]
    [InlineData(null, "directly")]
    public async Task The_model_is_called_through_the_configured_proxy_unless_it_is_on_loopback(
        string? origin, string answer)
    {
        await using var proxy = await FakeGemini.Start();
        await using var local = await FakeGemini.Start();
        proxy.ReplyAlways(Script.Words("through the proxy"));
        local.ReplyAlways(Script.Words("directly"));
        await using var gateway = await GatewayProcess.Start(
            _folder.Path,
            ("http_proxy", proxy.BaseUrl),
            ("no_proxy", ""),
            ("GEMINI_API_KEY", FakeGemini.Key),
            ("GEMINI_BASE_URL", origin ?? local.BaseUrl));
        var user = await ChatUser.SignIn(gateway.Http);
        Assert.Equal(answer, (await user.Ask(await user.NewRoom(), "hello")).Text());
    }
}
