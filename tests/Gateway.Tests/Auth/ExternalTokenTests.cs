using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Access tokens of other issuers.</summary>
public sealed class ExternalTokenTests : IAsyncLifetime
{
    private FakeIssuer _issuer = null!;
    private GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.Start();
        _gateway = await StartGateway(_issuer);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task A_subject_becomes_a_user_at_first_sight_and_stays_the_same_user_on_every_gateway()
    {
        var subject = NewSubject();
        using var client = Client(_issuer.Token(subject, ("name", "Ada"), ("phone_number", "+14155550199")));
        using var other = await _gateway.CreateAnonymousClientAtSecondGateway();
        other.DefaultRequestHeaders.Authorization = new("Bearer", _issuer.Token(subject, ("name", "Lovelace")));

        var user = await Me(client);
        var again = await Me(other);

        Assert.Equal(("Ada", "+14155550199", "Basic"), (user.Text("name"), user.Text("mobile_number"), user.Text("subscription")));
        Assert.Equal(user.Text("id"), again.Text("id"));
        Assert.Equal("Ada", again.Text("name"));
        using var room = await client.PostJsonAsync("/chatroom", """{"name":"Mine"}""");
        Assert.Equal(HttpStatusCode.Created, room.StatusCode);
        Assert.Single((await (await other.GetAsync("/chatroom")).ReadJsonAsync()).EnumerateArray());
    }

    [Fact]
    public async Task A_user_without_number_has_no_member_mobile_number()
    {
        using var client = Client(_issuer.Token(NewSubject(), ("phone_number", "call me")));

        Assert.Equal(["id", "name", "subscription", "created_at"], (await Me(client)).Names());
    }

    [Fact]
    public async Task The_first_requests_of_a_new_subject_make_one_user()
    {
        var token = _issuer.Token(NewSubject());
        var users = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var client = Client(token);
            return (await Me(client)).Text("id");
        }));

        Assert.Single(users.Distinct());
    }

    [Fact]
    public async Task The_same_subject_of_two_issuers_is_two_users()
    {
        await using var second = await FakeIssuer.Start();
        await using var gateway = await StartGateway(_issuer, $"--OIDC_ISSUER_2={second.Issuer}", "--OIDC_AUDIENCE_2=other");
        var subject = NewSubject();

        using var first = Client(_issuer.Token(subject), gateway);
        using var other = Client(second.Token(subject, ("aud", "other")), gateway);
        using var mixed = Client(second.Token(subject), gateway);

        Assert.NotEqual((await Me(first)).Text("id"), (await Me(other)).Text("id"));
        await AssertRefused(mixed);
    }

    public static readonly TheoryData<string> Shapes =
        ["Firebase", "Auth0", "Cognito access token", "Supabase", "Clerk", "several audiences"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_token_in_the_form_of_a_known_issuer_is_accepted(string shape)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var (audience, slash, claims) = shape switch
        {
            "Firebase" => ("my-project", false, Claims(
                ("aud", "my-project"), ("auth_time", now - 90), ("user_id", "u1"), ("firebase", new JsonObject { ["sign_in_provider"] = "google.com" }))),
            "Auth0" => ("https://api.example.com", true, Claims(
                ("aud", new JsonArray("https://api.example.com", "https://tenant.eu.auth0.com/userinfo")), ("azp", "client"), ("scope", "openid profile"))),
            "Cognito access token" => ("client-1", false, Claims(
                ("aud", null), ("client_id", "client-1"), ("token_use", "access"), ("scope", "openid"), ("username", "ada"))),
            "Supabase" => ("authenticated", false, Claims(
                ("aud", "authenticated"), ("role", "authenticated"), ("session_id", "s"), ("is_anonymous", false), ("aal", "aal1"))),
            "Clerk" => ("https://app.example.com", false, Claims(
                ("aud", null), ("azp", "https://app.example.com"), ("sid", "sess_1"), ("exp", now + 60), ("nbf", now - 10))),
            _ => ("web, mobile", false, Claims(("aud", "mobile"))),
        };
        await using var issuer = await FakeIssuer.Start(slash);
        await using var gateway = await GatewayFixture.StartAsync([$"--OIDC_ISSUER={issuer.Issuer}", $"--OIDC_AUDIENCE={audience}"]);
        using var client = Client(issuer.Token(NewSubject(), claims), gateway);

        Assert.NotEmpty((await Me(client)).Text("id"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_issuer_is_known_with_and_without_the_slash_at_its_end(bool inSetting)
    {
        await using var issuer = await FakeIssuer.Start(endsWithSlash: !inSetting);
        var url = inSetting ? issuer.Issuer + "/" : issuer.Issuer.TrimEnd('/');
        await using var gateway = await GatewayFixture.StartAsync([$"--OIDC_ISSUER={url}", $"--OIDC_AUDIENCE={FakeIssuer.Audience}"]);
        using var client = Client(issuer.Token(NewSubject()), gateway);

        Assert.NotEmpty((await Me(client)).Text("id"));
    }

    public static TheoryData<string> WrongTokens => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(WrongTokens))]
    public async Task A_wrong_token_is_refused_without_a_reason(string flaw)
    {
        using var right = Client(_issuer.Token("someone"));
        Assert.NotEmpty((await Me(right)).Text("id"));
        using var client = Client(Wrong[flaw](_issuer));

        await AssertRefused(client);
    }

    [Fact]
    public async Task The_first_token_of_a_new_key_is_accepted()
    {
        using var old = Client(_issuer.Token(NewSubject()));
        await Me(old);
        _issuer.RotateKey();
        using var next = Client(_issuer.Token(NewSubject()));

        await Me(next);
    }

    [Fact]
    public async Task A_thousand_tokens_of_unknown_keys_ask_the_issuer_few_times()
    {
        using var known = Client(_issuer.Token(NewSubject()));
        await Me(known);
        await Parallel.ForAsync(0, 1000, async (i, _) =>
        {
            using var client = Client(_issuer.Token("someone", [("kid", $"unknown-{i}")], []));
            using var answer = await client.GetAsync("/user/me", CancellationToken.None);
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.ServiceUnavailable);
        });

        await Me(known);
        Assert.InRange(_issuer.Requests, 2, 10);
    }

    [Fact]
    public async Task A_token_of_a_new_key_is_not_refused_while_its_issuer_must_not_be_asked()
    {
        using var known = Client(_issuer.Token(NewSubject()));
        await Me(known);
        using var unknown = Client(_issuer.Token("someone", [("kid", "unknown")], []));
        await AssertRefused(unknown);
        _issuer.RotateKey();
        using var next = Client(_issuer.Token(NewSubject()));

        using var answer = await next.GetAsync("/user/me");

        await answer.ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        await AssertRefused(unknown);
        await Me(known);
    }

    [Fact]
    public async Task While_the_keys_cannot_be_fetched_the_answer_is_503_and_the_gateway_runs_on()
    {
        await using var issuer = await FakeIssuer.Start();
        issuer.Status = 500;
        await using var gateway = await StartGateway(issuer);
        using var client = Client(issuer.Token(NewSubject()), gateway);

        using var refused = await client.GetAsync("/user/me");
        var detail = await refused.ReadProblemAsync(HttpStatusCode.ServiceUnavailable);

        Assert.Contains("issuer", detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await gateway.CreateAnonymousClient().GetAsync("/health/ready")).StatusCode);
        issuer.Status = 200;
        await Me(client);
        issuer.Status = 500;
        using var another = Client(issuer.Token(NewSubject()), gateway);
        await Me(another);
    }

    [Fact]
    public async Task Keys_of_a_discovery_document_of_another_issuer_are_not_used()
    {
        _issuer.ClaimedIssuer = "https://evil.example.com";
        using var client = Client(_issuer.Token(NewSubject()));

        await (await client.GetAsync("/user/me")).ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData("eyJhbGciOiJSU0EifQ.A.AAAA.AAAA.AAAA")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.A.AAAA")]
    [InlineData("e.e.e")]
    [InlineData("..")]
    [InlineData("....")]
    public async Task A_malformed_token_is_refused_like_any_other(string token)
    {
        using var client = Client(token);

        await AssertRefused(client);
    }

    [Fact]
    public async Task Our_own_tokens_are_accepted_beside_those_of_issuers()
    {
        var user = await _gateway.NewUser().SignIn();

        Assert.True(await user.IsSignedIn());
    }

    [Fact]
    public async Task Logout_everywhere_ends_the_tokens_and_their_streams_on_every_gateway()
    {
        var subject = NewSubject();
        using var here = Client(_issuer.Token(subject));
        using var older = Client(_issuer.Token(subject, ("jti", "another")));
        using var elsewhere = await _gateway.CreateAnonymousClientAtSecondGateway();
        elsewhere.DefaultRequestHeaders.Authorization = here.DefaultRequestHeaders.Authorization;
        await Me(here);
        await using var events = await SseReader.OpenAsync(await OpenEvents(elsewhere));
        Assert.Equal("connected", (await events.NextAsync()).EventType);

        using var refused = await here.PostJsonAsync("/auth/logout", "{}");
        Assert.Contains("everywhere", await refused.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        using var done = await here.PostJsonAsync("/auth/logout", """{"everywhere":true}""");

        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        await AssertRefused(here);
        var end = await events.NextAsync();
        Assert.Equal(("error", 401), (end.EventType, JsonElement.Parse(end.Data).GetProperty("status").GetInt32()));
        await events.ExpectEndAsync();
        await AssertRefused(elsewhere);
        await AssertRefused(older);
        using var newer = Client(TokenOfLater(subject));
        await Me(newer);
    }

    [Fact]
    public async Task Logout_everywhere_ends_the_tokens_of_an_issuer_whose_clock_is_ahead()
    {
        var subject = NewSubject();
        using var here = Client(_issuer.Token(subject, ("iat", Now() + 15)));
        using var ahead = Client(_issuer.Token(subject, ("iat", Now() + 25)));
        await Me(here);
        await Me(ahead);

        using var done = await here.PostJsonAsync("/auth/logout", """{"everywhere":true}""");

        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        await AssertRefused(here);
        await AssertRefused(ahead);
    }

    [Fact]
    public async Task A_stream_outlives_its_token_by_an_event_that_asks_for_a_new_one()
    {
        var clock = new AdjustableTimeProvider();
        await using var gateway = await GatewayFixture.StartAsync(
            [$"--OIDC_ISSUER={_issuer.Issuer}", $"--OIDC_AUDIENCE={FakeIssuer.Audience}"],
            builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using var client = Client(_issuer.Token(NewSubject(), ("exp", now + 60)), gateway);
        await using var events = await SseReader.OpenAsync(await OpenEvents(client));
        Assert.Equal("connected", (await events.NextAsync()).EventType);

        clock.Advance(TimeSpan.FromSeconds(91));

        Assert.Equal("reconnect", (await events.NextAsync()).EventType);
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task A_deleted_user_is_forgotten_and_older_tokens_of_the_subject_stay_refused()
    {
        var subject = NewSubject();
        using var client = Client(_issuer.Token(subject));
        using var older = Client(_issuer.Token(subject, ("jti", "another")));
        var id = (await Me(client)).Text("id");

        using var deleted = await client.DeleteAsync("/user/me");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await AssertRefused(client);
        await AssertRefused(older);

        using var newer = Client(TokenOfLater(subject));
        var next = (await Me(newer)).Text("id");
        Assert.NotEqual(id, next);
        await AssertRefused(older);
        Assert.Equal(next, (await Me(newer)).Text("id"));
    }

    [Fact]
    public async Task A_deletion_needs_a_sign_in_of_the_last_ten_minutes()
    {
        var subject = NewSubject();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        foreach (var claims in new[] { Claims(("auth_time", now - 700)), Claims(("iat", now - 700)) })
        {
            using var client = Client(_issuer.Token(subject, claims));
            using var refused = await client.DeleteAsync("/user/me");
            Assert.Contains("sign in again", await refused.ReadProblemAsync(HttpStatusCode.Forbidden), StringComparison.Ordinal);
        }

        using var fresh = Client(_issuer.Token(subject, ("auth_time", now - 500)));
        Assert.Equal(HttpStatusCode.NoContent, (await fresh.DeleteAsync("/user/me")).StatusCode);
    }

    [Fact]
    public async Task A_user_who_signs_in_elsewhere_has_no_password_to_change()
    {
        using var client = Client(_issuer.Token(NewSubject(), ("phone_number", "+14155550198")));
        using var answer = await client.PostJsonAsync(
            "/auth/change-password", """{"current_password":"correct horse battery","new_password":"another horse battery"}""");

        Assert.Contains("no password", await answer.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_in_a_token_gives_no_access_to_the_account_of_that_number()
    {
        var owner = await _gateway.NewUser().SignIn();
        using var client = Client(_issuer.Token(NewSubject(), ("phone_number", owner.Number)));

        Assert.NotEqual(owner.Id.ToString(), (await Me(client)).Text("id"));
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("/user/me")).StatusCode);
        Assert.True(await owner.IsSignedIn());
        Assert.Equal(owner.Id, (await owner.Clone().SignIn()).Id);
    }

    private static readonly Dictionary<string, Func<FakeIssuer, string>> Wrong = new(StringComparer.Ordinal)
    {
        ["another audience"] = issuer => issuer.Token("s", ("aud", "other")),
        ["no audience"] = issuer => issuer.Token("s", ("aud", null)),
        ["an audience of another client beside ours in azp"] = issuer => issuer.Token("s", ("aud", "other"), ("azp", FakeIssuer.Audience)),
        ["an ID token of Cognito"] = issuer => issuer.Token("s", ("token_use", "id")),
        ["no subject, as the service keys of Supabase"] = issuer => issuer.Token(null, ("role", "service_role")),
        ["an empty subject"] = issuer => issuer.Token(""),
        ["a subject that is too long"] = issuer => issuer.Token(new string('s', 256)),
        ["no time of issue"] = issuer => issuer.Token("s", ("iat", null)),
        ["issued in the future"] = issuer => issuer.Token("s", ("iat", Now() + 60)),
        ["no end"] = issuer => issuer.Token("s", ("exp", null)),
        ["an end that is no number"] = issuer => issuer.Token("s", ("exp", "soon")),
        ["an audience that is no text"] = issuer => issuer.Token("s", ("aud", new JsonObject { ["a"] = 1 })),
        ["expired"] = issuer => issuer.Token("s", ("exp", Now() - 31)),
        ["not valid yet"] = issuer => issuer.Token("s", ("nbf", Now() + 60)),
        ["another issuer"] = issuer => issuer.Token("s", ("iss", "https://evil.example.com")),
        ["an issuer below ours"] = issuer => issuer.Token("s", ("iss", issuer.Issuer + "/tenant")),
        ["our own issuer"] = issuer => issuer.Token("s", ("iss", "geminichat"), ("aud", "geminichat")),
        ["no algorithm"] = issuer => issuer.Token("s", [("alg", "none")], []),
        ["a symmetric algorithm"] = issuer => issuer.Token("s", [("alg", "HS256")], []),
        ["no key"] = issuer => issuer.Token("s", [("kid", null)], []),
        ["a logout token"] = issuer => issuer.Token("s", [("typ", "logout+jwt")], []),
        ["an unknown key"] = issuer =>
        {
            issuer.RotateKey(isPublished: false);
            return issuer.Token("s");
        },
        ["a changed payload"] = issuer =>
        {
            var (one, other) = (issuer.Token("s").Split('.'), issuer.Token("t").Split('.'));
            return $"{one[0]}.{other[1]}.{one[2]}";
        },
    };

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static (string Name, JsonNode? Value)[] Claims(params (string Name, JsonNode? Value)[] claims) => claims;

    private static string NewSubject() => $"auth0|{Guid.CreateVersion7():N}";

    private static Task<GatewayFixture> StartGateway(FakeIssuer issuer, params string[] settings) => GatewayFixture.StartAsync(
        [$"--OIDC_ISSUER={issuer.Issuer}", $"--OIDC_AUDIENCE={FakeIssuer.Audience}", .. settings]);

    /// <summary>Issuers give whole seconds, so a token of this second is not newer than what happened in it.</summary>
    private string TokenOfLater(string subject) => _issuer.Token(subject, ("iat", Now() + 2));

    private HttpClient Client(string token, GatewayFixture? gateway = null)
    {
        var client = (gateway ?? _gateway).CreateAnonymousClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static async Task<JsonElement> Me(HttpClient client)
    {
        using var answer = await client.GetAsync("/user/me");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.ReadJsonAsync();
    }

    private static Task<HttpResponseMessage> OpenEvents(HttpClient client) =>
        client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Refused within the five seconds that an ended session may look live elsewhere.</summary>
    private static async Task AssertRefused(HttpClient client)
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
