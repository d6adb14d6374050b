using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>The end of access tokens of other issuers: by sign-out, by time, and with the user.</summary>
public sealed class ExternalTokenEndTests : ExternalTokenTestBase
{
    [Fact]
    public async Task Logout_everywhere_ends_the_tokens_and_their_streams_on_every_gateway()
    {
        var subject = NewSubject();
        using var here = Client(Issuer.Token(subject));
        using var older = Client(Issuer.Token(subject, ("jti", "another")));
        using var elsewhere = await Gateway.CreateAnonymousClientAtSecondGateway();
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
        using var here = Client(Issuer.Token(subject, ("iat", Now() + 15)));
        using var ahead = Client(Issuer.Token(subject, ("iat", Now() + 25)));
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
            [$"--OIDC_ISSUER={Issuer.Issuer}", $"--OIDC_AUDIENCE={FakeIssuer.Audience}"],
            builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using var client = Client(Issuer.Token(NewSubject(), ("exp", now + 60)), gateway);
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
        using var client = Client(Issuer.Token(subject));
        using var older = Client(Issuer.Token(subject, ("jti", "another")));
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
            using var client = Client(Issuer.Token(subject, claims));
            using var refused = await client.DeleteAsync("/user/me");
            Assert.Contains("sign in again", await refused.ReadProblemAsync(HttpStatusCode.Forbidden), StringComparison.Ordinal);
        }

        using var fresh = Client(Issuer.Token(subject, ("auth_time", now - 500)));
        Assert.Equal(HttpStatusCode.NoContent, (await fresh.DeleteAsync("/user/me")).StatusCode);
    }

    [Fact]
    public async Task A_user_who_signs_in_elsewhere_has_no_password_to_change()
    {
        using var client = Client(Issuer.Token(NewSubject(), ("phone_number", "+14155550198")));
        using var answer = await client.PostJsonAsync(
            "/auth/change-password", """{"current_password":"correct horse battery","new_password":"another horse battery"}""");

        Assert.Contains("no password", await answer.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_in_a_token_gives_no_access_to_the_account_of_that_number()
    {
        var owner = await Gateway.NewUser().SignIn();
        using var client = Client(Issuer.Token(NewSubject(), ("phone_number", owner.Number)));

        Assert.NotEqual(owner.Id.ToString(), (await Me(client)).Text("id"));
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("/user/me")).StatusCode);
        Assert.True(await owner.IsSignedIn());
        Assert.Equal(owner.Id, (await owner.Clone().SignIn()).Id);
    }
}
