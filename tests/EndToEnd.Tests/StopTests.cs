using System.Net;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A stop is a promise: what it answers is what is kept, and nothing comes after it.</summary>
[Collection<SharedGateway>]
public sealed class StopTests(GatewayFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task The_response_of_a_stop_is_the_stored_reply_for_good_and_the_model_call_is_closed()
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        await using var events = user.Stream(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "why" }).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        await hold.SendText("up to here");
        while (await events.MoveNextAsync() && events.Current.EventType != "token")
        {
        }

        var receipt = await Stop(user, room, reply: 2);
        var stopped = JsonElement.Parse(receipt);
        Assert.Equal((2, "stopped", "up to here"), (stopped.Id(), stopped.Status(), stopped.Content()));
        Assert.True(await Calls[0].WasClosedByClient.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hold.SendText(" and no further"));

        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("done", "1-10-end", """{"type":"done",""" + receipt[1..]), (events.Current.EventType, events.Current.EventId, events.Current.Data));
        Assert.False(await events.MoveNextAsync());
        Assert.Equal(receipt, await Stop(user, room, reply: 2));
        Assert.Equal(receipt, (await user.Get($"/chatroom/{room}/message/2")).GetRawText());
        Assert.Single(Calls);
    }

    [Fact]
    public async Task Stopping_a_waiting_turn_ends_its_readers_and_moves_later_turns_up()
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        await user.Post(room, "one");
        await user.Post(room, "two");
        Assert.Equal(2, (await user.Post(room, "three")).GetProperty("position").GetInt32());
        var reading = user.WaitForReply(room, 4);

        var receipt = await Stop(user, room, reply: 4);

        Assert.Equal(receipt, (await reading.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken)).GetRawText());
        Assert.Equal(receipt, await Stop(user, room, reply: 4));
        Assert.Equal(2, (await user.Post(room, "four")).GetProperty("position").GetInt32());
        await hold.SendText("first");
        await hold.Finish();
        await user.WaitForReply(room, 8);
        Assert.Equal(["one", "three", "four"], Calls.Select(request => request.Turns[^1].Text));
        Assert.Equal(receipt, (await user.Get($"/chatroom/{room}/message/4")).GetRawText());
    }

    private static async Task<string> Stop(ChatUser user, string room, long reply)
    {
        using var response = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message/{reply}/stop");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
