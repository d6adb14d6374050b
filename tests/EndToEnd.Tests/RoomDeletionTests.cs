using System.Net;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A room that is deleted is gone for everybody, whatever happens to the process.</summary>
[Collection<SharedGateway>]
public sealed class RoomDeletionTests(GatewayFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task A_room_deleted_during_a_reply_is_absent_even_after_kill_9()
    {
        Gemini.ReplyAlways(Script.Chunks("half an ans").Then(Script.Silence()));
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await Create(user);
        var events = user.Stream(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "why" }).GetAsyncEnumerator();
        await using var _ = events;
        Assert.True(await events.MoveNextAsync());
        await user.Post(room, "waiting");
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("token", events.Current.EventType);

        Assert.Equal(HttpStatusCode.NoContent, (await user.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
        await Gemini.Calls.WaitUntilIdle();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("error", 404), (events.Current.EventType, events.Current.Json().GetProperty("status").GetInt32()));
        Assert.False(await events.MoveNextAsync());
        await Gateway.Kill();

        await Gateway.Restart();
        Assert.Empty((await user.Get("/chatroom")).EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await user.Send(HttpMethod.Get, $"/chatroom/{room}")).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await Send(user)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await user.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
        Assert.Single(Calls);
    }

    private static async Task<string> Create(ChatUser user) =>
        (await ChatUser.Json(await Send(user), HttpStatusCode.Created)).GetProperty("id").GetString()!;

    private static Task<HttpResponseMessage> Send(ChatUser user) =>
        user.Send(HttpMethod.Post, "/chatroom", new { name = "room" }, ("Idempotency-Key", "first"));
}
