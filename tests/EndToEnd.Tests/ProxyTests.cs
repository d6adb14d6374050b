using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A network that lets nobody out but through its proxy.</summary>
[Collection<SharedModelFaultGateway>]
public sealed class ProxyTests(ModelFaultFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task The_model_is_called_through_the_configured_proxy()
    {
        await using var proxy = await FakeGemini.Start();
        proxy.ReplyAlways(Script.Words("through the proxy"));
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayProcess.Start(
            folder.Path,
            ("http_proxy", proxy.BaseUrl),
            ("no_proxy", ""),
            ("GEMINI_API_KEY", FakeGemini.Key),
            ("GEMINI_BASE_URL", "http://gemini.invalid"));
        var user = await ChatUser.SignIn(gateway.Http);
        Assert.Equal("through the proxy", (await user.Ask(await user.NewRoom(), "hello")).Text());
    }

    [Fact]
    public async Task A_model_on_loopback_is_called_without_the_configured_proxy()
    {
        Gemini.ReplyAlways(Script.Words("directly"));
        Assert.Equal("directly", (await (await NewRoom()).Ask()).Text);
        Assert.Single(Calls);
    }
}
