using System.Net;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A room that is deleted is gone for everybody, whatever happens to the process.</summary>
public sealed class RoomDeletionTests : IAsyncLifetime
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
    public async Task A_room_deleted_during_a_reply_is_absent_even_after_kill_9()
    {
        _gemini.ReplyAlways(Script.Chunks("half an ans").Then(Script.Silence()));
        ChatUser user;
        string room;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            room = await Create(user);
            var events = user.Stream(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "why" }).GetAsyncEnumerator();
            await using var _ = events;
            Assert.True(await events.MoveNextAsync());
            await user.Post(room, "waiting");
            Assert.True(await events.MoveNextAsync());
            Assert.Equal("token", events.Current.EventType);

            Assert.Equal(HttpStatusCode.NoContent, (await user.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
            await _gemini.Calls.WaitUntilIdle();
            Assert.True(await events.MoveNextAsync());
            Assert.Equal(("error", 404), (events.Current.EventType, events.Current.Json().GetProperty("status").GetInt32()));
            Assert.False(await events.MoveNextAsync());
            await gateway.Kill();
        }

        await using var restarted = await Start();
        var again = user.Through(restarted.Http);
        Assert.Empty((await again.Get("/chatroom")).EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await again.Send(HttpMethod.Get, $"/chatroom/{room}")).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await Send(again)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await again.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
        Assert.Equal(1, _gemini.Calls.Total);
    }

    private static async Task<string> Create(ChatUser user) =>
        (await ChatUser.Json(await Send(user), HttpStatusCode.Created)).GetProperty("id").GetString()!;

    private static Task<HttpResponseMessage> Send(ChatUser user) =>
        user.Send(HttpMethod.Post, "/chatroom", new { name = "room" }, ("Idempotency-Key", "first"));

    private Task<GatewayProcess> Start() => GatewayProcess.Start(
        _folder.Path, ("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", _gemini.BaseUrl));
}
