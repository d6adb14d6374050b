using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using GeminiChat.Grains.Model;
using GeminiChat.Silo.Gemini;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Gemini;

public sealed class VertexTests : IAsyncLifetime
{
    private const string Email = "chat@a-project.iam.gserviceaccount.com";
    private const string Path = "/v1/projects/a-project/locations/europe-west4/publishers/google/models/gemini-3.8-flash:streamGenerateContent";

    private readonly TemporaryFolder _folder = new();
    private readonly List<(string Path, string? Authorization, string? Key)> _calls = [];
    private readonly List<string> _assertions = [];
    private readonly TestHttpServer _google;

    public VertexTests() => _google = new TestHttpServer(http => http.Request.Path == "/token" ? SignIn(http) : Answer(http));

    /// <summary>What Google's sign-in answers.</summary>
    private (int Status, string Json) Token { get; set; } = (200, """{"access_token":"ya29.token","expires_in":3599,"token_type":"Bearer"}""");

    public async ValueTask InitializeAsync() => await _google.Start();

    public async ValueTask DisposeAsync()
    {
        await _google.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_service_account_signs_in_once_and_its_token_goes_with_each_request()
    {
        using var client = CreateClient();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("ok", (await client.GetResponseAsync("hi", cancellationToken: TestContext.Current.CancellationToken)).Text);
        }

        Assert.Equal([(Path, "Bearer ya29.token", null), (Path, "Bearer ya29.token", null)], _calls);
        var claims = JsonElement.Parse(Base64Url.DecodeFromChars(Assert.Single(_assertions).Split('.')[1]));
        Assert.Equal(Email, claims.GetProperty("iss").GetString());
        Assert.Equal("https://www.googleapis.com/auth/cloud-platform", claims.GetProperty("scope").GetString());
        Assert.Equal("gcp.vertex_ai", client.GetService<ChatClientMetadata>()?.ProviderName);
    }

    [Fact]
    public async Task An_account_that_Google_refuses_is_an_error_of_the_configuration()
    {
        Token = (400, """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}""");
        using var client = CreateClient();

        var refused = await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync("hi", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ModelFault.Config, refused.Fault);
        Assert.Contains("invalid_grant", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_calls);
    }

    [Theory]
    [InlineData("global", "https://aiplatform.googleapis.com")]
    [InlineData("eu", "https://aiplatform.eu.rep.googleapis.com")]
    [InlineData("us", "https://aiplatform.us.rep.googleapis.com")]
    [InlineData("europe-west4", "https://europe-west4-aiplatform.googleapis.com")]
    public void The_location_is_part_of_the_address(string location, string origin)
    {
        var options = new GeminiOptions { VertexProject = "a-project", VertexLocation = location };

        Assert.Equal((origin, $"/v1/projects/a-project/locations/{location}/publishers/google/models"), (options.Origin, options.ModelsPath));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("absent.json")]
    [InlineData("empty.json")]
    [InlineData("user.json")]
    public async Task Without_the_key_of_a_service_account_the_start_fails(string? file)
    {
        await File.WriteAllTextAsync(System.IO.Path.Combine(_folder.Path, "empty.json"), "{}", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            System.IO.Path.Combine(_folder.Path, "user.json"),
            """{"type":"authorized_user","client_id":"1","client_secret":"2","refresh_token":"3"}""",
            TestContext.Current.CancellationToken);
        var options = new GeminiOptions
        {
            VertexProject = "a-project",
            CredentialsFile = file is null ? null : System.IO.Path.Combine(_folder.Path, file),
        };

        Assert.Contains("GOOGLE_APPLICATION_CREDENTIALS", Assert.Single(options.Validate(new(options))).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_and_a_project_are_not_set_together()
    {
        var options = new GeminiOptions { ApiKey = "key", VertexProject = "a-project", CredentialsFile = WriteKey() };

        Assert.Contains("not both", Assert.Single(options.Validate(new(options))).ErrorMessage, StringComparison.Ordinal);
    }

    private GeminiChatClient CreateClient()
    {
        var options = new GeminiOptions
        {
            VertexProject = "a-project",
            VertexLocation = "europe-west4",
            CredentialsFile = WriteKey(),
            BaseUrl = _google.Url,
        };
        Assert.Empty(options.Validate(new(options)));
        return new GeminiChatClient(
            GeminiHosting.CreateHttpClient(options.Origin), Options.Create(options), TimeProvider.System, NullLogger<GeminiChatClient>.Instance);
    }

    private string WriteKey()
    {
        using var key = RSA.Create(2048);
        var file = System.IO.Path.Combine(_folder.Path, "account.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            type = "service_account",
            project_id = "a-project",
            private_key_id = "1",
            private_key = key.ExportPkcs8PrivateKeyPem(),
            client_email = Email,
            client_id = "1",
            token_uri = $"{_google.Url}/token",
        }));
        return file;
    }

    private async Task SignIn(HttpContext http)
    {
        _assertions.Add((await http.Request.ReadFormAsync(http.RequestAborted))["assertion"].ToString());
        http.Response.StatusCode = Token.Status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(Token.Json, http.RequestAborted);
    }

    private Task Answer(HttpContext http)
    {
        var headers = http.Request.Headers;
        _calls.Add((http.Request.Path, headers.Authorization, headers[GeminiChatClient.KeyHeader].Count == 0 ? null : ""));
        http.Response.ContentType = "text/event-stream";
        return http.Response.WriteAsync(
            """data: {"candidates":[{"content":{"parts":[{"text":"ok"}]},"finishReason":"STOP"}]}""" + "\n\n", http.RequestAborted);
    }
}
