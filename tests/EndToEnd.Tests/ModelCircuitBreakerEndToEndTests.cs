using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What the model says to one room holds for all of them.</summary>
[Collection<SharedGateway>]
public sealed class ModelCircuitBreakerEndToEndTests(GatewayFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task Every_room_waits_for_the_retry_delay_that_the_model_asks_for()
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => user.NewRoom($"room {i}")));
        Gemini.EnqueueReplies(Script.RateLimited("6.5s"));
        var logged = Gateway.Output.Length;
        await user.Post(rooms[0], "first");
        await Gateway.WaitForLog("Call 1 of the model failed", logged);
        await Task.WhenAll(rooms.Skip(1).Select(room => user.Post(room, "more")));
        Assert.Equal("queued", (await user.Get($"/chatroom/{rooms[0]}/message/2")).Status());

        var ends = await Task.WhenAll(rooms.Select(room => user.WaitForReply(room, 2)));
        Assert.All(ends, end => Assert.Equal("completed", end.Status()));
        Assert.Equal(6, Calls.Count);
        var refusedAt = Calls[0].At;
        Assert.All(Calls.Skip(1), call => Assert.True(call.At - refusedAt >= TimeSpan.FromSeconds(6.5), $"{call.At - refusedAt}"));
    }
}
