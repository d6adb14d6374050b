using System.Net;
using System.Text.Json.Nodes;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Which access tokens of other issuers are accepted, and whose they are.</summary>
public sealed class ExternalTokenTests : ExternalTokenTestBase
{
    [Fact]
    public async Task A_subject_becomes_a_user_at_first_sight_and_stays_the_same_user_on_every_gateway()
    {
        var subject = NewSubject();
        using var client = Client(Issuer.Token(subject, ("name", "Ada"), ("phone_number", "+14155550199")));
        using var other = await Gateway.CreateAnonymousClientAtSecondGateway();
        other.DefaultRequestHeaders.Authorization = new("Bearer", Issuer.Token(subject, ("name", "Lovelace")));

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
        using var client = Client(Issuer.Token(NewSubject(), ("phone_number", "call me")));

        Assert.Equal(["id", "name", "subscription", "created_at"], (await Me(client)).Names());
    }

    [Fact]
    public async Task The_first_requests_of_a_new_subject_make_one_user()
    {
        var token = Issuer.Token(NewSubject());
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
        await using var gateway = await StartGateway(Issuer, $"--OIDC_ISSUER_2={second.Issuer}", "--OIDC_AUDIENCE_2=other");
        var subject = NewSubject();

        using var first = Client(Issuer.Token(subject), gateway);
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
        using var right = Client(Issuer.Token("someone"));
        Assert.NotEmpty((await Me(right)).Text("id"));
        using var client = Client(Wrong[flaw](Issuer));

        await AssertRefused(client);
    }

    [Fact]
    public async Task The_first_token_of_a_new_key_is_accepted()
    {
        using var old = Client(Issuer.Token(NewSubject()));
        await Me(old);
        Issuer.RotateKey();
        using var next = Client(Issuer.Token(NewSubject()));

        await Me(next);
    }

    [Fact]
    public async Task A_thousand_tokens_of_unknown_keys_ask_the_issuer_few_times()
    {
        using var known = Client(Issuer.Token(NewSubject()));
        await Me(known);
        await Parallel.ForAsync(0, 1000, async (i, _) =>
        {
            using var client = Client(Issuer.Token("someone", [("kid", $"unknown-{i}")], []));
            using var answer = await client.GetAsync("/user/me", CancellationToken.None);
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.ServiceUnavailable);
        });

        await Me(known);
        Assert.InRange(Issuer.Requests, 2, 10);
    }

    [Fact]
    public async Task A_token_of_a_new_key_is_not_refused_while_its_issuer_must_not_be_asked()
    {
        using var known = Client(Issuer.Token(NewSubject()));
        await Me(known);
        using var unknown = Client(Issuer.Token("someone", [("kid", "unknown")], []));
        await AssertRefused(unknown);
        Issuer.RotateKey();
        using var next = Client(Issuer.Token(NewSubject()));

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
        Issuer.ClaimedIssuer = "https://evil.example.com";
        using var client = Client(Issuer.Token(NewSubject()));

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
        var user = await Gateway.NewUser().SignIn();

        Assert.True(await user.IsSignedIn());
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
}
