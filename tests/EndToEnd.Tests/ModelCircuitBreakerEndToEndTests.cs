using System.Net;
using System.Net.Sockets;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What the model says to one room holds for all of them.</summary>
public sealed class ModelCircuitBreakerEndToEndTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private FakeGemini _gemini = null!;

    public async ValueTask InitializeAsync() => _gemini = await FakeGemini.Start();

    public async ValueTask DisposeAsync()
    {
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_room_waits_for_the_retry_delay_that_the_model_asks_for()
    {
        await using var gateway = await Start(_gemini.BaseUrl);
        var user = await ChatUser.SignIn(gateway.Http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => user.NewRoom($"room {i}")));
        _gemini.EnqueueReplies(Script.RateLimited("6.5s"));
        await user.Post(rooms[0], "first");
        await gateway.WaitForLog("Call 1 of the model failed");
        await Task.WhenAll(rooms.Skip(1).Select(room => user.Post(room, "more")));
        Assert.Equal("queued", (await user.Get($"/chatroom/{rooms[0]}/message/2")).Status());

        var ends = await Task.WhenAll(rooms.Select(room => user.WaitForReply(room, 2)));
        Assert.All(ends, end => Assert.Equal("completed", end.Status()));
        Assert.Equal(6, _gemini.Calls.Total);
        var refusedAt = _gemini.Calls.Requests[0].At;
        Assert.All(_gemini.Calls.Requests.Skip(1), call => Assert.True(call.At - refusedAt >= TimeSpan.FromSeconds(6.5), $"{call.At - refusedAt}"));
    }

    [Fact]
    public async Task After_the_daily_quota_is_used_up_replies_fail_without_a_call()
    {
        await using var gateway = await Start(_gemini.BaseUrl);
        var user = await ChatUser.SignIn(gateway.Http);
        _gemini.EnqueueReplies(Script.DailyQuota());
        foreach (var room in new[] { await user.NewRoom(), await user.NewRoom() })
        {
            Assert.Equal("error", (await user.Ask(room, "hello"))[^1].EventType);
            var reply = await user.Get($"/chatroom/{room}/message/2");
            Assert.Equal(("failed", "model_quota"), (reply.Status(), reply.Reason()));
        }

        Assert.Equal(1, _gemini.Calls.Total);
    }

    [Fact]
    public async Task An_unreachable_model_fails_the_reply()
    {
        await using var gateway = await Start($"http://127.0.0.1:{ClosedPort()}");
        var user = await ChatUser.SignIn(gateway.Http);
        var room = await user.NewRoom();
        Assert.Equal("error", (await user.Ask(room, "hello"))[^1].EventType);
        Assert.Equal("model_unavailable", (await user.Get($"/chatroom/{room}/message/2")).Reason());
    }

    private Task<GatewayProcess> Start(string baseUrl) => GatewayProcess.Start(
        _folder.Path, ("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", baseUrl));

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
