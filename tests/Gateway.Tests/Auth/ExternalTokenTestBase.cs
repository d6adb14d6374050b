using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Tests with a gateway that accepts the access tokens of an issuer.</summary>
public abstract class ExternalTokenTestBase : IAsyncLifetime
{
    private protected FakeIssuer Issuer { get; private set; } = null!;

    private protected GatewayFixture Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Issuer = await FakeIssuer.Start();
        Gateway = await StartGateway(Issuer);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Issuer.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private protected static (string Name, JsonNode? Value)[] Claims(params (string Name, JsonNode? Value)[] claims) => claims;

    private protected static string NewSubject() => $"auth0|{Guid.CreateVersion7():N}";

    private protected static Task<GatewayFixture> StartGateway(FakeIssuer issuer, params string[] settings) => GatewayFixture.StartAsync(
        [$"--OIDC_ISSUER={issuer.Issuer}", $"--OIDC_AUDIENCE={FakeIssuer.Audience}", .. settings]);

    /// <summary>Issuers give whole seconds, so a token of this second is not newer than what happened in it.</summary>
    private protected string TokenOfLater(string subject) => Issuer.Token(subject, ("iat", Now() + 2));

    private protected HttpClient Client(string token, GatewayFixture? gateway = null)
    {
        var client = (gateway ?? Gateway).CreateAnonymousClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private protected static async Task<JsonElement> Me(HttpClient client)
    {
        using var answer = await client.GetAsync("/user/me");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.ReadJsonAsync();
    }

    private protected static Task<HttpResponseMessage> OpenEvents(HttpClient client) =>
        client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Refused within the five seconds that an ended session may look live elsewhere.</summary>
    private protected static async Task AssertRefused(HttpClient client)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var deadline = Deadline.Start();
        HttpResponseMessage answer;
        while ((answer = await client.GetAsync("/user/me")).StatusCode is HttpStatusCode.OK)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }

        Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.StartsWith("This needs a valid access token", await answer.ReadProblemAsync(HttpStatusCode.Unauthorized), StringComparison.Ordinal);
    }
}
