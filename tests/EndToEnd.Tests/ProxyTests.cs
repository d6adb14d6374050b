using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A network that lets nobody out but through its proxy.</summary>
[Collection<SharedLimitedGateway>]
public sealed class ProxyTests(LimitedGateway fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task The_model_is_called_through_the_configured_proxy()
    {
        Gemini.ReplyAlways(Script.Words("through the proxy"));
        Assert.Equal("through the proxy", (await (await NewRoom()).Ask()).Text);
    }
}

/// <summary>A model on the same machine. A proxy is set where nobody listens.</summary>
[Collection<SharedModelFaultGateway>]
public sealed class ModelOnLoopbackTests(ModelFaultFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task A_model_on_loopback_is_called_without_the_configured_proxy()
    {
        Gemini.ReplyAlways(Script.Words("directly"));
        Assert.Equal("directly", (await (await NewRoom()).Ask()).Text);
    }
}
