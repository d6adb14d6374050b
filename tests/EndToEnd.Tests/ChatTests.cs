using System.Net;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What the product is for, over HTTP, against the program as it is run.</summary>
[Collection<SharedGateway>]
public sealed class ChatTests(GatewayFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task Each_token_reaches_the_client_before_the_model_sends_the_next()
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();

        var events = user.Stream(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "count" }).GetAsyncEnumerator();
        await using var _ = events;
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("accepted", "1-0"), (events.Current.EventType, events.Current.EventId));
        for (var i = 1; i <= 10; i++)
        {
            await hold.SendText($" {i}");
            Assert.True(await events.MoveNextAsync());
            Assert.Equal("token", events.Current.EventType);
            Assert.Equal($" {i}", events.Current.Json().GetProperty("text").GetString());
        }

        await hold.Finish();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("done", "1-21-end"), (events.Current.EventType, events.Current.EventId));
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task The_streamed_tokens_equal_the_stored_reply_and_the_next_call_carries_the_conversation()
    {
        Gemini.EnqueueReplies(Script.Words("Hello, dear Ada!"), Script.Words("Fine."));
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        var events = await user.Ask(room, "Hi");
        var stored = await user.Get($"/chatroom/{room}/message/2");
        Assert.Equal("Hello, dear Ada!", events.Text());
        Assert.Equal("Hello, dear Ada!", stored.Content());
        Assert.Equal("completed", stored.Status());

        await user.Ask(room, "How are you?");
        Assert.Equal(2, Calls.Count);
        Assert.Equal(
            ["user Hi", "model Hello, dear Ada!", "user How are you?"],
            Calls[^1].Turns.Select(turn => $"{turn.Role} {turn.Text}"));
    }

    [Fact]
    public async Task The_room_list_shows_a_room_right_after_its_creation()
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        for (var i = 0; i < 20; i++)
        {
            var room = await user.NewRoom($"room {i}");
            Assert.Equal(room, (await user.Get("/chatroom"))[0].GetProperty("id").GetString());
        }
    }

    [Fact]
    public async Task Eight_messages_at_once_are_answered_in_the_order_of_acceptance_one_call_at_a_time()
    {
        Gemini.ReplyWith(request => Script.Words($"re {request.LastText}", TimeSpan.FromMilliseconds(5)));
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        var posts = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => user.Post(room, $"q{i}")));
        var replies = posts.Select(post => post.GetProperty("reply").Id()).Order().ToList();
        await user.WaitForReply(room, replies[^1]);

        var messages = (await user.Get($"/chatroom/{room}")).GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(16, messages.Count);
        var asked = messages.Where(message => message.GetProperty("sender").GetString() == "user").Select(SseTestExtensions.Content).ToList();
        Assert.Equal(asked, Calls.Select(request => request.LastText));
        Assert.Equal(1, Gemini.Calls.MaxConcurrentIn(asked[0]));
        Assert.All(asked.Zip(replies), pair =>
            Assert.Equal($"re {pair.First}", messages.Single(message => message.Id() == pair.Second).Content()));
    }

    [Fact]
    public async Task Forty_rooms_are_answered_in_parallel()
    {
        Gemini.ReplyAlways(Script.Silence());
        var user = await ChatUser.SignIn(Gateway.Http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => user.NewRoom($"room {i}")));
        await Task.WhenAll(rooms.Select(room => user.Post(room, "hello")));
        await Gemini.Calls.WaitForRunning(40);
        await Task.WhenAll(rooms.Select(room => user.Send(HttpMethod.Post, $"/chatroom/{room}/message/2/stop")));
        await Gemini.Calls.WaitUntilIdle();
    }

    [Fact]
    public async Task A_plain_text_stream_carries_the_bare_reply_and_breaks_when_the_reply_fails()
    {
        Gemini.EnqueueReplies(Script.Words("plain and simple"), Script.Chunks("half"));
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        using var whole = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "a" }, ("Accept", "text/plain"));
        Assert.Equal("plain and simple", await whole.Content.ReadAsStringAsync());
        Assert.EndsWith($"/chatroom/{room}/message/2", whole.Headers.Location!.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "b" }, ("Accept", "text/plain")));
    }

    [Fact]
    public async Task The_room_of_another_user_is_answered_as_absent()
    {
        var owner = await ChatUser.SignIn(Gateway.Http);
        var room = await owner.NewRoom();
        await owner.Ask(room, "private");
        var other = await ChatUser.SignIn(Gateway.Http);
        foreach (var path in new[] { "", "/message/1", "/message/2" })
        {
            using var foreign = await other.Send(HttpMethod.Get, $"/chatroom/{room}{path}");
            using var absent = await other.Send(HttpMethod.Get, $"/chatroom/{Guid.CreateVersion7()}{path}");
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (foreign.StatusCode, absent.StatusCode));
            Assert.Equal(WithoutPath(await absent.Content.ReadAsStringAsync()), WithoutPath(await foreign.Content.ReadAsStringAsync()));
        }

        using var post = await other.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "mine?" });
        Assert.Equal(HttpStatusCode.NotFound, post.StatusCode);
        using var nobody = await Gateway.Http.GetAsync($"/chatroom/{room}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    [Fact]
    public async Task A_refused_request_stores_nothing()
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        foreach (var body in new[] { "{}", "\"\"", "7", "{\"content\":", "null", $"{{\"content\":\"{new string('x', 2 * 1024 * 1024)}\"}}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/chatroom/{room}/message");
            request.Headers.Authorization = new("Bearer", user.Token);
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await Gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.InRange((int)response.StatusCode, 400, 499);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }

        Assert.Empty((await user.Get($"/chatroom/{room}")).GetProperty("messages").EnumerateArray());
        Assert.Empty(Calls);
    }

    private static string WithoutPath(string problem)
    {
        var members = System.Text.Json.Nodes.JsonNode.Parse(problem)!.AsObject();
        Assert.True(members.Remove("instance"));
        return members.ToJsonString();
    }
}
