using System.Net;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A room that is deleted is gone for everybody.</summary>
[Collection<SharedGateway>]
public sealed class RoomDeletionTests(GatewayFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task Deleting_a_room_during_a_reply_ends_it_for_its_reader_and_at_the_model()
    {
        Gemini.ReplyAlways(Script.Chunks("half an ans").Then(Script.Silence()));
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
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
        Assert.Equal(HttpStatusCode.NotFound, (await user.Send(HttpMethod.Get, $"/chatroom/{room}")).StatusCode);
        Assert.Single(Calls);
    }
}
