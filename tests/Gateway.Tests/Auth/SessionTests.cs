using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Sessions from their start to their end, at two gateways before the real grains.</summary>
public sealed class SessionTests(GatewayFixture gateway)
{
    /// <summary>The second when a notice was slow.</summary>
    private static readonly string[] News = ["created", "reload"];

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"everywhere":false}""")]
    public async Task Logout_ends_only_the_calling_session(string? body)
    {
        var ada = await gateway.NewUser().SignIn();
        var twin = await ada.Clone().SignIn();
        var elsewhere = await gateway.CreateAnonymousClientAtSecondGateway();
        Assert.True(await ada.IsSignedIn(elsewhere));

        var answer = await ada.Send(HttpMethod.Post, "/auth/logout", body);
        Assert.Equal((HttpStatusCode.NoContent, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.False(await ada.IsSignedIn());
        await ada.WaitUntilSignedOut();
        await (await ada.ExchangeRefreshToken(ada.RefreshToken)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.True(await twin.IsSignedIn());
        await twin.StoreTokens(await twin.ExchangeRefreshToken(twin.RefreshToken));
    }

    [Fact]
    public async Task Logout_everywhere_ends_every_session()
    {
        var ada = await gateway.NewUser().SignIn();
        var twin = await ada.Clone().SignIn();
        Assert.True(await twin.IsSignedIn(await gateway.CreateAnonymousClientAtSecondGateway()));
        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Post, "/auth/logout", """{"everywhere":true}""")).StatusCode);
        await ada.WaitUntilSignedOut();
        await twin.WaitUntilSignedOut();
        await (await twin.ExchangeRefreshToken(twin.RefreshToken)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.True(await (await ada.SignIn()).IsSignedIn());
    }

    [Fact]
    public async Task A_logout_without_token_or_with_a_malformed_body_is_refused()
    {
        var ada = await gateway.NewUser().SignIn();
        await (await ada.Post("/auth/logout", new { })).ReadProblemAsync(HttpStatusCode.Unauthorized);
        var answer = await ada.Send(HttpMethod.Post, "/auth/logout", """{"everywhere":"yes"}""");
        Assert.Equal("everywhere has the wrong type.", await answer.ReadProblemAsync(HttpStatusCode.BadRequest));
        Assert.True(await ada.IsSignedIn());
    }

    [Fact]
    public async Task Changing_the_password_ends_all_other_sessions()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        var twin = await ada.Clone().SignIn();
        Assert.True(await twin.IsSignedIn(await gateway.CreateAnonymousClientAtSecondGateway()));

        var answer = await Change(ada, ApiUser.Password, "another good one");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await twin.WaitUntilSignedOut();
        await (await twin.ExchangeRefreshToken(twin.RefreshToken)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.True(await ada.IsSignedIn());
        Assert.True(await ada.IsSignedIn(await gateway.CreateAnonymousClientAtSecondGateway()));
        await ada.StoreTokens(await ada.ExchangeRefreshToken(ada.RefreshToken));
        Assert.True(await ada.IsSignedIn());
        await (await ada.Login()).ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await ada.Login("another good one")).StatusCode);
    }

    [Fact]
    public async Task Resetting_the_password_ends_every_session_and_signs_nobody_in()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        Assert.True(await ada.IsSignedIn(await gateway.CreateAnonymousClientAtSecondGateway()));
        var answer = await ada.Reset(await ada.NewCode("/auth/forgot-password"), "another good one");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["message"], (await answer.ReadJsonAsync()).Names());
        await ada.WaitUntilSignedOut();
        await (await ada.ExchangeRefreshToken(ada.RefreshToken)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        await (await ada.Login()).ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await ada.Login("another good one")).StatusCode);
    }

    [Fact]
    public async Task A_live_stream_ends_with_a_401_soon_after_its_session()
    {
        var ada = await gateway.NewUserWithRoom();
        await ada.Room.Ask();
        await using var events = await SseReader.AttachAsync(ada);
        Assert.Equal("accepted", (await events.NextAsync()).EventType);
        await ada.Room.Say("Once upon a time");
        Assert.Equal("token", (await events.NextAsync()).EventType);

        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Post, "/auth/logout")).StatusCode);
        var last = await events.NextAsync();
        Assert.Equal("error", last.EventType);
        Assert.Equal(401, JsonDocument.Parse(last.Data).RootElement.GetProperty("status").GetInt32());
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task A_stream_whose_access_token_expires_ends_with_reconnect_and_resumes_with_a_new_token()
    {
        await using var own = await GatewayFixture.StartWithSiloAsync();
        var ada = await own.NewUser().SignIn();
        await using var events = await SseReader.OpenNoticesAsync(await ada.Send(HttpMethod.Get, "/events", accept: "text/event-stream"));
        await ada.NewRoom();
        Assert.Contains((await events.NextAsync()).EventType, News);

        own.Time.Advance(TimeSpan.FromMinutes(31));
        var last = await events.NextAsync();
        while (News.Contains(last.EventType))
        {
            last = await events.NextAsync();
        }

        Assert.Equal(("reconnect", """{"type":"reconnect"}"""), (last.EventType, last.Data));
        await events.ExpectEndAsync();

        // Tokens are judged by the real clock, to which the fresh one would be from the future.
        own.Time.Advance(-TimeSpan.FromMinutes(31));
        await ada.StoreTokens(await ada.ExchangeRefreshToken(ada.RefreshToken));
        await using var again = await SseReader.OpenAsync(
            await ada.Send(HttpMethod.Get, "/events", accept: "text/event-stream", lastEventId: events.LastId));
        await ada.NewRoom();
        Assert.Contains((await again.NextAsync()).EventType, News);
    }

    [Fact]
    public async Task A_reply_stream_ends_with_reconnect_when_the_access_token_expires()
    {
        await using var own = await GatewayFixture.StartWithSiloAsync();
        var ada = await own.NewUser().SignIn();
        var room = await ada.NewRoom();
        var posted = await ada.Send(HttpMethod.Post, $"/chatroom/{room}/message", """{"content":"Tell me a long story."}""", accept: "text/event-stream");
        await using var events = await SseReader.OpenAsync(posted);
        own.Time.Advance(TimeSpan.FromMinutes(31));
        var last = await events.NextAsync();
        while (last.EventType is "accepted" or "token")
        {
            last = await events.NextAsync();
        }

        Assert.Equal("reconnect", last.EventType);
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task Sessions_are_listed_for_their_user_and_can_be_ended_one_by_one()
    {
        var ada = await gateway.NewUser().SignIn();
        var twin = await ada.Clone().SignIn();
        var eve = await gateway.NewUser().SignIn();
        var list = await Sessions(ada);
        Assert.Equal(2, list.Count);
        Assert.All(list, session => Assert.Equal(["device", "id", "is_current", "last_used_at", "started_at"], session.Names().Order(StringComparer.Ordinal)));
        var other = Assert.Single(list, session => !session.GetProperty("is_current").GetBoolean()).Text("id");
        Assert.Equal(other, Assert.Single(await Sessions(twin), session => session.GetProperty("is_current").GetBoolean()).Text("id"));

        foreach (var stranger in new[] { (await Sessions(eve))[0].Text("id"), Guid.CreateVersion7().ToString(), "none" })
        {
            var refused = await ada.Send(HttpMethod.Delete, $"/user/sessions/{stranger}");
            Assert.Equal("You have no such session.", await refused.ReadProblemAsync(HttpStatusCode.NotFound));
        }

        Assert.True(await eve.IsSignedIn());
        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Delete, $"/user/sessions/{other}")).StatusCode);
        await twin.WaitUntilSignedOut();
        await (await twin.ExchangeRefreshToken(twin.RefreshToken)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        await (await ada.Send(HttpMethod.Delete, $"/user/sessions/{other}")).ReadProblemAsync(HttpStatusCode.NotFound);

        var own = Assert.Single(await Sessions(ada)).Text("id");
        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Delete, $"/user/sessions/{own}")).StatusCode);
        Assert.False(await ada.IsSignedIn());
        await (await ada.Send(HttpMethod.Get, "/user/sessions")).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_session_has_the_name_of_the_device_that_signed_in_if_it_is_known()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        Assert.Equal(JsonValueKind.Null, Assert.Single(await Sessions(ada)).GetProperty("device").ValueKind);

        using var phone = BrowserWith("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1");
        await ada.StoreTokens(await ada.Login(at: phone));
        using var laptop = BrowserWith("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0");
        await ada.StoreTokens(await ada.Verify(await ada.NewCode(), at: laptop));

        // Another program that goes on with the session does not change its name.
        await ada.StoreTokens(await ada.ExchangeRefreshToken(ada.RefreshToken));
        Assert.Equal(
            ["Firefox on Linux", "Safari on iPhone", null],
            (await Sessions(ada)).Select(session => session.GetProperty("device").GetString()).OrderBy(name => name is null).ThenBy(name => name, StringComparer.Ordinal));
    }

    private HttpClient BrowserWith(string userAgent)
    {
        var client = gateway.CreateAnonymousClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", userAgent);
        return client;
    }

    private static async Task<List<JsonElement>> Sessions(ApiUser person)
    {
        var answer = await person.Send(HttpMethod.Get, "/user/sessions");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await answer.ReadJsonAsync()).EnumerateArray()];
    }

    private static Task<HttpResponseMessage> Change(ApiUser person, string current, string next) => person.Send(
        HttpMethod.Post, "/auth/change-password", JsonSerializer.Serialize(new { current_password = current, new_password = next }));
}
