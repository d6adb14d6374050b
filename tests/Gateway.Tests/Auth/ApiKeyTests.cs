using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Tests.OpenApi;
using GeminiChat.Silo.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>API keys of the team's own servers, made while the service runs.</summary>
public sealed class ApiKeyTests : IAsyncLifetime
{
    private const int AddressLimit = 5;

    private readonly LogRecorder _log = new();
    private GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayFixture.StartWithSiloAsync(
        [$"--AUTH_REQUESTS_PER_MINUTE_PER_IP={AddressLimit}"], builder => builder.Logging.AddRecorder(_log));

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_server_gets_a_session_of_ours_for_its_user()
    {
        var key = await NewKey();
        var first = await Tokens(key, """{"subject":"user-1","name":"Ada"}""");
        var again = await Tokens(key, """{"subject":"user-1","name":"Lovelace"}""");
        var other = await Tokens(key, """{"subject":"user-2"}""");

        var user = await Me(first);
        Assert.Equal("Ada", user.Text("name"));
        Assert.False(user.TryGetProperty("mobile_number", out _));
        Assert.Equal(user.Text("id"), (await Me(again)).Text("id"));
        Assert.NotEqual(user.Text("id"), (await Me(other)).Text("id"));

        using var client = _gateway.CreateAnonymousClient();
        using var exchanged = await client.PostJsonAsync("/auth/refresh", JsonSerializer.Serialize(new { refresh_token = first.Text("refresh_token") }));
        Assert.Equal(HttpStatusCode.OK, exchanged.StatusCode);
    }

    [Fact]
    public async Task The_requests_in_the_http_file_of_servers_succeed_as_documented()
    {
        var client = _gateway.CreateAnonymousClient();
        var document = await ApiDocument.ReadAsync(client);
        var file = new HttpFileRunner(await File.ReadAllTextAsync(Path.Combine(Repository.Folder, "requests", "server.http")));
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["api"] = client.BaseAddress!.OriginalString.TrimEnd('/'), ["key"] = await NewKey() };

        await file.RunAsync(client, settings, async answer =>
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await document.AssertDocumentedAsync(answer);
        });
    }

    [Fact]
    public async Task The_server_chooses_the_lifetime_of_the_access_token_within_bounds()
    {
        var key = await NewKey();
        var tokens = await Tokens(key, """{"subject":"user-1","expires_in":90}""");

        var token = new JsonWebToken(tokens.Text("access_token"));
        Assert.Equal(90, tokens.GetProperty("expires_in").GetInt32());
        Assert.Equal(TimeSpan.FromSeconds(90), token.ValidTo - token.IssuedAt);
        foreach (var seconds in new[] { 59, 1801, -1 })
        {
            using var refused = await Send(key, $$"""{"subject":"user-1","expires_in":{{seconds}}}""");
            Assert.Equal("expires_in must be from 60 to 1800 seconds.", await refused.ReadProblemAsync(HttpStatusCode.BadRequest));
        }
    }

    [Fact]
    public async Task Requests_count_for_the_key_and_not_for_the_address()
    {
        var key = await NewKey();
        for (var i = 1; i <= AddressLimit + 2; i++)
        {
            using var answer = await Send(key, """{"subject":"user-1"}""");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("\"api-key\";q=600;w=60", answer.Headers.GetValues("RateLimit-Policy").Single());
            Assert.Equal($"\"api-key\";r={600 - i}", answer.Headers.GetValues("RateLimit").Single());
        }
    }

    [Fact]
    public async Task Wrong_keys_count_for_the_address_before_they_are_looked_up()
    {
        var key = await NewKey();
        for (var i = 0; i < AddressLimit; i++)
        {
            using var wrong = await Send(key[..^4] + "0000", """{"subject":"user-1"}""");
            Assert.Contains("API key", await wrong.ReadProblemAsync(HttpStatusCode.Unauthorized), StringComparison.Ordinal);
            Assert.Equal("Bearer", wrong.Headers.WwwAuthenticate.ToString());
        }

        using var refused = await Send(key, """{"subject":"user-1"}""");
        await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData("gck_")]
    [InlineData("gck_019c143a5d807a519c0e2f6d18b7a3e4_0123456789012345678901234567890123456789")]
    [InlineData("nonsense")]
    public async Task An_invented_key_is_refused(string key)
    {
        using var refused = await Send(key, """{"subject":"user-1"}""");

        await refused.ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_access_token_is_no_API_key_and_an_API_key_is_no_access_token()
    {
        var key = await NewKey();
        var tokens = await Tokens(key, """{"subject":"user-1"}""");
        using var client = Client(key);

        using var refused = await Send(tokens.Text("access_token"), """{"subject":"user-1"}""");
        await refused.ReadProblemAsync(HttpStatusCode.Unauthorized);
        await (await client.GetAsync("/user/me")).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_from_the_next_request_on()
    {
        var key = await NewKey();
        var tokens = await Tokens(key, """{"subject":"user-1"}""");

        var (code, output, _) = await Keys("revoke", IdOf(key));

        Assert.Equal(0, code);
        Assert.Contains(IdOf(key), output, StringComparison.Ordinal);
        using var refused = await Send(key, """{"subject":"user-1"}""");
        await refused.ReadProblemAsync(HttpStatusCode.Unauthorized);
        await Me(tokens);
        Assert.Equal(1, (await Keys("revoke", IdOf(key))).Code);
    }

    [Fact]
    public async Task A_key_with_a_scope_of_another_version_is_refused()
    {
        var key = await NewKey();
        await using (var connection = new SqliteConnection($"Data Source={_gateway.DatabaseFile};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var update = connection.CreateCommand();
            update.CommandText = "update api_keys set scope = 1";
            Assert.Equal(1, await update.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }

        using var refused = await Send(key, """{"subject":"user-1"}""");

        Assert.Equal("The scope of this API key does not allow it.", await refused.ReadProblemAsync(HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task A_key_ends_at_its_time()
    {
        var key = await NewKey("--expires", "12h");
        await Tokens(key, """{"subject":"user-1"}""");
        _gateway.Time.Advance(TimeSpan.FromHours(12));

        using var refused = await Send(key, """{"subject":"user-1"}""");

        await refused.ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_first_use_is_logged_and_the_last_one_listed_but_no_secret_is_anywhere()
    {
        var key = await NewKey();
        Assert.Contains("never             Server", (await Keys("list")).Output, StringComparison.Ordinal);
        await Tokens(key, """{"subject":"user-1"}""");
        await Tokens(key, """{"subject":"user-1"}""");

        var line = await _log.WaitForLineAsync("was used for the first time");
        Assert.Contains(IdOf(key), line, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", line, StringComparison.Ordinal);
        Assert.Single(_log.Lines, one => one.Contains("for the first time", StringComparison.Ordinal));
        var (_, list, _) = await Keys("list");
        Assert.Contains($"{IdOf(key)}  users   valid", list, StringComparison.Ordinal);
        Assert.DoesNotContain("never             Server", list, StringComparison.Ordinal);

        var secret = key[^40..];
        Assert.DoesNotContain(secret, list, StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines, one => one.Contains(secret, StringComparison.Ordinal));
        var stored = await File.ReadAllBytesAsync(_gateway.DatabaseFile + "-wal");
        Assert.Equal(-1, stored.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(secret)));
    }

    [Fact]
    public async Task A_session_of_more_than_ten_minutes_cannot_delete_the_account()
    {
        var tokens = await Tokens(await NewKey(), """{"subject":"user-1"}""");
        _gateway.Time.Advance(TimeSpan.FromMinutes(11));
        using var client = Client(tokens.Text("access_token"));

        await (await client.DeleteAsync("/user/me")).ReadProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_user_of_a_server_deletes_the_account_in_a_fresh_session_and_is_a_new_user_next_time()
    {
        var key = await NewKey();
        var id = (await Me(await Tokens(key, """{"subject":"user-1"}"""))).Text("id");

        using var fresh = Client((await Tokens(key, """{"subject":"user-1"}""")).Text("access_token"));
        Assert.Equal(HttpStatusCode.NoContent, (await fresh.DeleteAsync("/user/me")).StatusCode);

        Assert.NotEqual(id, (await Me(await Tokens(key, """{"subject":"user-1"}"""))).Text("id"));
    }

    [Theory]
    [InlineData(2, "create", "--scope", "admin", "--name", "Server")]
    [InlineData(2, "create", "--scope", "users")]
    [InlineData(2, "create", "--scope", "users", "--name", "")]
    [InlineData(2, "create", "--scope", "users", "--name", "Server", "--expires", "tomorrow")]
    [InlineData(2, "create", "--scope", "users", "--name", "Server", "--expires", "0d")]
    [InlineData(2, "create", "--scope", "users", "--name")]
    [InlineData(2, "create", "--scope", "users", "--name", "Server", "--color", "red")]
    [InlineData(2, "revoke", "me")]
    [InlineData(2)]
    [InlineData(2, "delete")]
    [InlineData(0, "--help")]
    public async Task Wrong_arguments_are_explained_in_one_line(int expected, params string[] words)
    {
        var (code, output, errors) = await Keys(words);

        Assert.Equal(expected, code);
        Assert.Equal(code == 0, output.Length > 0);
        Assert.Equal(code == 0 ? 0 : 1, errors.Count(character => character == '\n'));
    }

    [Theory]
    [InlineData("DATABASE_URL=sqlite:////nowhere/at.all", "has no table of keys yet")]
    [InlineData("CLUSTERING=redis;REDIS_URL=redis://127.0.0.1:1", "DATABASE_URL is not set")]
    [InlineData("DATABASE_URL=mysql://server/database", "DATABASE_URL")]
    [InlineData("DATABASE_URL=postgresql://nobody@127.0.0.1:1/nothing", "keys: ")]
    public async Task Without_a_database_the_command_fails_with_one_line(string settings, string expected)
    {
        var (code, _, errors) = await Run(["keys", "list"], settings.Split(';'));

        Assert.Equal(1, code);
        Assert.Contains(expected, Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static string IdOf(string key) => key.Split('_')[1];

    private async Task<string> NewKey(params string[] more)
    {
        var (code, output, errors) = await Keys(["create", "--scope", "users", "--name", "Server", .. more]);
        Assert.Equal((0, ""), (code, errors));
        var key = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Last();
        Assert.Matches("^gck_[0-9a-f]{32}_[0-9a-f]{40}$", key);
        return key;
    }

    private Task<(int Code, string Output, string Errors)> Keys(params string[] words) =>
        Run(["keys", .. words], [$"DATABASE_URL=sqlite:///{_gateway.DatabaseFile}"]);

    private async Task<(int Code, string Output, string Errors)> Run(string[] words, string[] settings)
    {
        var pairs = settings.Select(setting => setting.Split('=', 2)).ToDictionary(pair => pair[0], string? (pair) => pair[1]);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await ApiKeysCommand.Run(
            words, new ConfigurationBuilder().AddInMemoryCollection(pairs).Build(), _gateway.Time, output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    private HttpClient Client(string bearer)
    {
        var client = _gateway.CreateAnonymousClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    private async Task<HttpResponseMessage> Send(string bearer, string body)
    {
        using var client = Client(bearer);
        return await client.PostJsonAsync("/auth/token", body);
    }

    private async Task<JsonElement> Tokens(string key, string body)
    {
        using var answer = await Send(key, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.ReadJsonAsync();
    }

    private async Task<JsonElement> Me(JsonElement tokens)
    {
        using var client = Client(tokens.Text("access_token"));
        using var answer = await client.GetAsync("/user/me");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.ReadJsonAsync();
    }
}
