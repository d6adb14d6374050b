using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Live;

namespace GeminiChat.Gateway.Tests.Accounts;

/// <summary>Sessions from their start to their end, at two gateways before the real grains.</summary>
public sealed class SessionTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    /// <summary>The second when a notice was slow.</summary>
    private static readonly string[] News = ["created", "reload"];

    [Fact]
    public async Task A_refresh_token_gives_new_tokens_once_and_its_reuse_ends_the_whole_family()
    {
        var ada = await gateway.NewPerson().SignIn();
        var stolen = ada.Refresh;
        await ada.Keep(await ada.Exchange(stolen));
        Assert.True(await ada.IsIn());
        Assert.NotEqual(stolen, ada.Refresh);

        var reuse = await ada.Exchange(stolen);
        Assert.StartsWith("refresh_token is used", await reuse.ProblemAsync(HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        await (await ada.Exchange(ada.Refresh)).ProblemAsync(HttpStatusCode.Unauthorized);
        await ada.UntilOut();
    }

    [Fact]
    public async Task Only_a_refused_sign_in_carries_a_challenge()
    {
        var ada = await gateway.NewPerson().Join();
        var spent = ada.Refresh;

        Assert.Empty((await ada.Login()).Headers.WwwAuthenticate);
        Assert.Empty((await ada.Exchange(spent)).Headers.WwwAuthenticate);
        Assert.Equal("Bearer", (await ada.Login("not the password")).Headers.WwwAuthenticate.ToString());
        Assert.Equal("Bearer", (await ada.Exchange(spent)).Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Of_fifty_parallel_uses_of_a_refresh_token_one_succeeds_and_what_it_gave_ends_with_the_family()
    {
        var ada = await gateway.NewPerson().SignIn();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ada.Exchange(ada.Refresh)));
        var winner = Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.OK);
        Assert.Equal(49, answers.Count(answer => answer.StatusCode is HttpStatusCode.Unauthorized));
        await ada.Keep(winner);
        await ada.UntilOut();
        await (await ada.Exchange(ada.Refresh)).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_exchange_whose_answer_was_lost_is_repeated_with_its_key_at_any_gateway()
    {
        var ada = await gateway.NewPerson().SignIn();
        var spent = ada.Refresh;
        using var elsewhere = gateway.StrangerElsewhere();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(number => ada.Exchange(spent, "first", number % 2 == 0 ? elsewhere : null)));
        var tokens = await Task.WhenAll(answers.Select(async answer => (await answer.JsonAsync()).Text("refresh_token")));
        Assert.Single(tokens.Distinct());

        await ada.Keep(await ada.Exchange(spent, "first"));
        Assert.True(await ada.IsIn());
        Assert.Equal(tokens[0], ada.Refresh);
        await ada.Keep(await ada.Exchange(ada.Refresh, "second"));
        Assert.True(await ada.IsIn());
    }

    [Theory]
    [InlineData("another")]
    [InlineData(null)]
    public async Task A_spent_refresh_token_without_its_key_ends_the_whole_family(string? key)
    {
        var ada = await gateway.NewPerson().SignIn();
        var spent = ada.Refresh;
        await ada.Keep(await ada.Exchange(spent, "the-key"));

        await (await ada.Exchange(spent, key)).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await ada.Exchange(ada.Refresh)).ProblemAsync(HttpStatusCode.Unauthorized);
        await ada.UntilOut();
    }

    [Fact]
    public async Task A_spent_refresh_token_with_its_key_ends_the_whole_family_once_its_successor_is_spent_too()
    {
        var ada = await gateway.NewPerson().SignIn();
        var spent = ada.Refresh;
        await ada.Keep(await ada.Exchange(spent, "the-key"));
        await ada.Keep(await ada.Exchange(ada.Refresh, "the-next-key"));

        await (await ada.Exchange(spent, "the-key")).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await ada.Exchange(ada.Refresh)).ProblemAsync(HttpStatusCode.Unauthorized);
        await ada.UntilOut();
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused_before_the_token_is_spent()
    {
        var ada = await gateway.NewPerson().SignIn();
        await (await ada.Exchange(ada.Refresh, new string('k', 256))).ProblemAsync(HttpStatusCode.BadRequest);
        await ada.Keep(await ada.Exchange(ada.Refresh, new string('k', 255)));
        Assert.True(await ada.IsIn());
    }

    [Fact]
    public async Task An_invented_refresh_token_is_refused_and_harms_nobody()
    {
        var ada = await gateway.NewPerson().SignIn();
        var eve = await gateway.NewPerson().SignIn();
        var middle = ada.Refresh.Length / 2;
        foreach (var invented in new[]
        {
            "", "x", ada.Access, new string('A', ada.Refresh.Length), ada.Refresh + "A", eve.Refresh[..middle] + ada.Refresh[middle..],
            ada.Refresh[..middle] + (ada.Refresh[middle] == 'A' ? 'B' : 'A') + ada.Refresh[(middle + 1)..],
        })
        {
            await (await ada.Exchange(invented)).ProblemAsync(HttpStatusCode.Unauthorized);
        }

        await ada.Keep(await ada.Exchange(ada.Refresh));
        Assert.True(await ada.IsIn());
    }

    [Fact]
    public async Task A_refresh_token_is_no_access_token()
    {
        var ada = await gateway.NewPerson().SignIn();
        using var http = gateway.Stranger();
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {ada.Refresh}");
        await (await http.GetAsync("/user/me")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"everywhere":false}""")]
    public async Task Logout_ends_this_session_and_no_other(string? body)
    {
        var ada = await gateway.NewPerson().SignIn();
        var twin = await ada.Twin().SignIn();
        var elsewhere = gateway.StrangerElsewhere();
        Assert.True(await ada.IsIn(elsewhere));

        var answer = await ada.Send(HttpMethod.Post, "/auth/logout", body);
        Assert.Equal((HttpStatusCode.NoContent, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.False(await ada.IsIn());
        await ada.UntilOut();
        await (await ada.Exchange(ada.Refresh)).ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.True(await twin.IsIn());
        await twin.Keep(await twin.Exchange(twin.Refresh));
    }

    [Fact]
    public async Task Logout_everywhere_ends_every_session()
    {
        var ada = await gateway.NewPerson().SignIn();
        var twin = await ada.Twin().SignIn();
        Assert.True(await twin.IsIn(gateway.StrangerElsewhere()));
        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Post, "/auth/logout", """{"everywhere":true}""")).StatusCode);
        await ada.UntilOut();
        await twin.UntilOut();
        await (await twin.Exchange(twin.Refresh)).ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.True(await (await ada.SignIn()).IsIn());
    }

    [Fact]
    public async Task A_logout_without_a_token_or_with_a_body_that_is_none_is_refused()
    {
        var ada = await gateway.NewPerson().SignIn();
        await (await ada.Post("/auth/logout", new { })).ProblemAsync(HttpStatusCode.Unauthorized);
        var answer = await ada.Send(HttpMethod.Post, "/auth/logout", """{"everywhere":"yes"}""");
        Assert.Equal("everywhere has the wrong type.", await answer.ProblemAsync(HttpStatusCode.BadRequest));
        Assert.True(await ada.IsIn());
    }

    [Fact]
    public async Task A_changed_password_ends_the_other_sessions_and_the_calling_one_goes_on()
    {
        var ada = await gateway.NewPerson().Join();
        var twin = await ada.Twin().SignIn();
        Assert.True(await twin.IsIn(gateway.StrangerElsewhere()));

        var answer = await Change(ada, Person.Password, "another good one");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await twin.UntilOut();
        await (await twin.Exchange(twin.Refresh)).ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.True(await ada.IsIn());
        Assert.True(await ada.IsIn(gateway.StrangerElsewhere()));
        await ada.Keep(await ada.Exchange(ada.Refresh));
        Assert.True(await ada.IsIn());
        await (await ada.Login()).ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await ada.Login("another good one")).StatusCode);
    }

    [Fact]
    public async Task A_reset_password_ends_every_session_and_signs_nobody_in()
    {
        var ada = await gateway.NewPerson().Join();
        Assert.True(await ada.IsIn(gateway.StrangerElsewhere()));
        var answer = await ada.Reset(await ada.NewCode("/auth/forgot-password"), "another good one");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["message"], (await answer.JsonAsync()).Names());
        await ada.UntilOut();
        await (await ada.Exchange(ada.Refresh)).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await ada.Login()).ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await ada.Login("another good one")).StatusCode);
    }

    [Fact]
    public async Task A_live_stream_ends_with_a_401_soon_after_its_session()
    {
        var ada = await gateway.NewPerson().SignIn();
        var room = await ada.NewRoom();
        var posted = await ada.Send(HttpMethod.Post, $"/chatroom/{room}/message", """{"content":"Tell me a long story."}""", accept: "text/event-stream");
        await using var events = await Events.OpenAsync(posted);
        Assert.Equal("accepted", (await events.NextAsync()).EventType);

        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Post, "/auth/logout")).StatusCode);
        var last = await events.NextAsync();
        while (last.EventType is "token")
        {
            last = await events.NextAsync();
        }

        Assert.Equal("error", last.EventType);
        Assert.Equal(401, JsonDocument.Parse(last.Data).RootElement.GetProperty("status").GetInt32());
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task A_stream_whose_access_token_expires_ends_with_reconnect_and_a_fresh_token_reads_on()
    {
        await using var own = await LiveGateway.StartAsync();
        var ada = await own.NewPerson().SignIn();
        await using var events = await Events.OpenAsync(await ada.Send(HttpMethod.Get, "/events", accept: "text/event-stream"));
        await ada.NewRoom();
        Assert.Contains((await events.NextAsync()).EventType, News);

        own.Time.Advance(TimeSpan.FromMinutes(31));
        var last = await events.NextAsync();
        while (News.Contains(last.EventType))
        {
            last = await events.NextAsync();
        }

        Assert.Equal(("reconnect", "{}"), (last.EventType, last.Data));
        await events.ExpectEndAsync();

        // Tokens are judged by the real clock, to which the fresh one would be from the future.
        own.Time.Advance(-TimeSpan.FromMinutes(31));
        await ada.Keep(await ada.Exchange(ada.Refresh));
        await using var again = await Events.OpenAsync(
            await ada.Send(HttpMethod.Get, "/events", accept: "text/event-stream", lastEventId: events.LastId));
        await ada.NewRoom();
        Assert.Contains((await again.NextAsync()).EventType, News);
    }

    [Fact]
    public async Task A_reply_that_is_followed_beyond_the_tokens_end_reconnects_too()
    {
        await using var own = await LiveGateway.StartAsync();
        var ada = await own.NewPerson().SignIn();
        var room = await ada.NewRoom();
        var posted = await ada.Send(HttpMethod.Post, $"/chatroom/{room}/message", """{"content":"Tell me a long story."}""", accept: "text/event-stream");
        await using var events = await Events.OpenAsync(posted);
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
        var ada = await gateway.NewPerson().SignIn();
        var twin = await ada.Twin().SignIn();
        var eve = await gateway.NewPerson().SignIn();
        var list = await Sessions(ada);
        Assert.Equal(2, list.Count);
        Assert.All(list, session => Assert.Equal(["id", "is_current", "last_used_at", "started_at"], session.Names().Order(StringComparer.Ordinal)));
        var other = Assert.Single(list, session => !session.GetProperty("is_current").GetBoolean()).Text("id");
        Assert.Equal(other, Assert.Single(await Sessions(twin), session => session.GetProperty("is_current").GetBoolean()).Text("id"));

        foreach (var stranger in new[] { (await Sessions(eve))[0].Text("id"), Guid.CreateVersion7().ToString(), "none" })
        {
            var refused = await ada.Send(HttpMethod.Delete, $"/user/sessions/{stranger}");
            Assert.Equal("You have no such session.", await refused.ProblemAsync(HttpStatusCode.NotFound));
        }

        Assert.True(await eve.IsIn());
        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Delete, $"/user/sessions/{other}")).StatusCode);
        await twin.UntilOut();
        await (await twin.Exchange(twin.Refresh)).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await ada.Send(HttpMethod.Delete, $"/user/sessions/{other}")).ProblemAsync(HttpStatusCode.NotFound);

        var own = Assert.Single(await Sessions(ada)).Text("id");
        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Delete, $"/user/sessions/{own}")).StatusCode);
        Assert.False(await ada.IsIn());
        await (await ada.Send(HttpMethod.Get, "/user/sessions")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    private static async Task<List<JsonElement>> Sessions(Person person)
    {
        var answer = await person.Send(HttpMethod.Get, "/user/sessions");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await answer.JsonAsync()).EnumerateArray()];
    }

    private static Task<HttpResponseMessage> Change(Person person, string current, string next) => person.Send(
        HttpMethod.Post, "/auth/change-password", JsonSerializer.Serialize(new { current_password = current, new_password = next }));
}
