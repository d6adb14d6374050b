using System.Collections.Concurrent;
using System.Net;
using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Fakes;
using GeminiChat.Running.Chaos;

namespace GeminiChat.Cluster.Tests;

/// <summary>What is said in rooms of a cluster, written down, to be held against what is stored in the end.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="isPartitioned">Whether the silos are cut off from each other.</param>
internal sealed class ChatDriver(RunningCluster cluster, bool isPartitioned = false)
{
    private static readonly TimeSpan WordDelay = TimeSpan.FromMilliseconds(200);

    private static int _rooms;

    private readonly ConcurrentDictionary<(string? Room, string Question), RecordedRequest> _first = new();
    private int _posts;

    public ModelCallLog Model { get; } = new(seed: 1);

    /// <summary>Opens rooms of a new user each, at any gateway. The silos share them as they share the users.</summary>
    public async Task<RoomHistory[]> Open(int count)
    {
        var gateway = (await cluster.Gateway).Http;
        return await Task.WhenAll(Enumerable.Range(0, count).Select(async _ => await Open(await ChatUser.SignIn(gateway))));
    }

    /// <summary>Opens rooms of one user, at any gateway.</summary>
    public Task<RoomHistory[]> Open(ChatUser user, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => Open(user)));

    /// <summary>A key that no post has yet.</summary>
    public string NewKey() => $"post-{Interlocked.Increment(ref _posts)}";

    /// <summary>Posts something new at any gateway until somebody takes it.</summary>
    public Task Post(RoomHistory room) => Post(room, NewKey());

    /// <summary>Posts at any gateway until somebody takes it; the key makes it one post, however often it is sent.</summary>
    public async Task Post(RoomHistory room, string key)
    {
        using var response = await cluster.SendWithRetries(http => Post(room, key, http));
        var accepted = await ChatUser.Json(response, HttpStatusCode.Accepted);
        room.Posts[key] = new AcceptedPost(
            Content(room, key), accepted.GetProperty("message").Id(), accepted.GetProperty("reply").Id());
    }

    /// <summary>Posts at one gateway, which refuses it. Whether it is stored nobody knows until somebody takes the key.</summary>
    public static async Task AssertRefused(RoomHistory room, string key, HttpClient gateway)
    {
        using var refused = await Post(room, key, gateway);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    /// <summary>Posts to each of these, to all at the same time.</summary>
    public Task PostToEach(IEnumerable<RoomHistory> rooms) => Task.WhenAll(rooms.Select(Post));

    /// <summary>The first call for each question says half of the answer, and the rest when it may; later calls say all.</summary>
    public Script BlockFirstCallHalfway(RecordedRequest request, Task resume) =>
        BlockHalfway(request, _first.TryAdd((request.System, request.LastText), request) ? resume : Task.CompletedTask);

    /// <summary>Says half of the answer, and the rest when it may.</summary>
    public Script BlockHalfway(RecordedRequest request, Task resume)
    {
        var half = $"<{request.Number}> half";
        const string Rest = " and the other half";
        var said = Script.Chunks(half).Then(new Script(exchange => resume.WaitAsync(exchange.Aborted))).Then(Script.Chunks(Rest));
        return Model.Record(request, half + Rest, said, Script.Finish());
    }

    /// <summary>Says all of the answer, at the pace of a model.</summary>
    public Script AnswerInFull(RecordedRequest request)
    {
        string[] words = [$"<{request.Number}>", .. Enumerable.Range(1, 4).Select(i => $" word {i}")];
        return Model.Record(request, string.Concat(words), Script.Chunks(WordDelay, words), Script.Finish());
    }

    /// <summary>Waits until every accepted message is answered, and asks no gateway and no silo meanwhile.</summary>
    public async Task WaitUntilAnswered(IEnumerable<RoomHistory> rooms, TimeSpan timeout)
    {
        var ids = string.Join(',', rooms.Select(room => $"'{room.Id}'"));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        using var deadline = new CancellationTokenSource(timeout);
        while (await cluster.Postgres.Count($"select count(*) from messages where sender = 1 and status < 2 and room_id in ({ids})") is var open and > 0)
        {
            Assert.False(deadline.IsCancellationRequested, $"{open} replies are owed after {timeout}.");
            await look.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Nothing is lost, doubled or mixed up in rooms that nobody uses any more.</summary>
    public async Task VerifyRooms(IEnumerable<RoomHistory> rooms)
    {
        foreach (var room in rooms)
        {
            await new RoomInvariants(room, Model, isPartitioned).Verify(room.User.Through((await cluster.Gateway).Http));
        }
    }

    private static string Content(RoomHistory room, string key) => $"{room.Marker} {key}";

    private static Task<HttpResponseMessage> Post(RoomHistory room, string key, HttpClient gateway) => room.User.Through(gateway).Send(
        HttpMethod.Post, $"/chatroom/{room.Id}/message", new { content = Content(room, key) }, ("Idempotency-Key", key));

    private async Task<RoomHistory> Open(ChatUser user)
    {
        var marker = $"room-{Interlocked.Increment(ref _rooms)}";
        using var created = await cluster.SendWithRetries(http => user.Through(http).Send(
            HttpMethod.Post, "/chatroom", new { name = marker, system_prompt = marker }, ("Idempotency-Key", marker)));
        var room = await ChatUser.Json(created, HttpStatusCode.Created);
        return new RoomHistory(user, room.GetProperty("id").GetString()!, marker);
    }
}
