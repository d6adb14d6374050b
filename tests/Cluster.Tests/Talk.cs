using System.Collections.Concurrent;
using System.Net;
using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Played;
using GeminiChat.Running.Havoc;

namespace GeminiChat.Cluster.Tests;

/// <summary>What is said in rooms of a cluster, written down, to be held against what is stored in the end.</summary>
internal sealed class Talk(RunningCluster cluster)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private static int _rooms;

    private readonly ConcurrentDictionary<(string? Room, string Question), PlayedRequest> _first = new();
    private int _posts;

    public ModelLog Model { get; } = new(seed: 1);

    /// <summary>Opens rooms, at any gateway.</summary>
    public Task<RoomRecord[]> Open(ChatUser user, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => Open(user)));

    /// <summary>A key that no post has yet.</summary>
    public string NewKey() => $"post-{Interlocked.Increment(ref _posts)}";

    /// <summary>Posts something new at any gateway until somebody takes it.</summary>
    public Task Post(RoomRecord room) => Post(room, NewKey());

    /// <summary>Posts at any gateway until somebody takes it; the key makes it one post, however often it is sent.</summary>
    public async Task Post(RoomRecord room, string key)
    {
        using var response = await cluster.Send(http => Post(room, key, http));
        var accepted = await ChatUser.Json(response, HttpStatusCode.Accepted);
        room.Posts[key] = new AcceptedPost(
            Content(room, key), accepted.GetProperty("message").Id(), accepted.GetProperty("reply").Id());
    }

    /// <summary>Posts at one gateway, which refuses it. Whether it is stored nobody knows until somebody takes the key.</summary>
    public static async Task IsRefused(RoomRecord room, string key, HttpClient gateway)
    {
        using var refused = await Post(room, key, gateway);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    /// <summary>Posts to each of these, to all at the same time.</summary>
    public Task PostToEach(IEnumerable<RoomRecord> rooms) => Task.WhenAll(rooms.Select(Post));

    /// <summary>The first call for each question says half of the answer, and the rest when it may; later calls say all.</summary>
    public Script HalfAtFirst(PlayedRequest request, Task mayGoOn) =>
        Half(request, _first.TryAdd((request.System, request.LastText), request) ? mayGoOn : Task.CompletedTask);

    /// <summary>Says half of the answer, and the rest when it may.</summary>
    public Script Half(PlayedRequest request, Task mayGoOn)
    {
        var half = $"<{request.Number}> half";
        const string Rest = " and the other half";
        var said = Script.Chunks(half).Then(new Script(exchange => mayGoOn.WaitAsync(exchange.Gone))).Then(Script.Chunks(Rest));
        return Model.Remember(request, half + Rest, said, Script.Finish());
    }

    /// <summary>Says all of the answer, at the pace of a model.</summary>
    public Script Whole(PlayedRequest request)
    {
        string[] words = [$"<{request.Number}>", .. Enumerable.Range(1, 10).Select(i => $" word {i}")];
        return Model.Remember(request, string.Concat(words), Script.Chunks(Pace, words), Script.Finish());
    }

    /// <summary>Waits until every accepted message is answered, and asks no gateway and no silo meanwhile.</summary>
    public async Task UntilAnswered(IEnumerable<RoomRecord> rooms, TimeSpan patience)
    {
        var ids = string.Join(',', rooms.Select(room => $"'{room.Id}'"));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        using var deadline = new CancellationTokenSource(patience);
        while (await cluster.Postgres.Count($"select count(*) from messages where sender = 1 and status < 2 and room_id in ({ids})") is var open and > 0)
        {
            Assert.False(deadline.IsCancellationRequested, $"{open} replies are owed after {patience}.");
            await look.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Nothing is lost, doubled or mixed up in rooms that nobody uses any more.</summary>
    public async Task Check(IEnumerable<RoomRecord> rooms)
    {
        foreach (var room in rooms)
        {
            await new FinalCheck(room, Model).Run(room.User.At((await cluster.Gateway).Http));
        }
    }

    private static string Content(RoomRecord room, string key) => $"{room.Marker} {key}";

    private static Task<HttpResponseMessage> Post(RoomRecord room, string key, HttpClient gateway) => room.User.At(gateway).Send(
        HttpMethod.Post, $"/chatroom/{room.Id}/message", new { content = Content(room, key) }, ("Idempotency-Key", key));

    private async Task<RoomRecord> Open(ChatUser user)
    {
        var marker = $"room-{Interlocked.Increment(ref _rooms)}";
        using var created = await cluster.Send(http => user.At(http).Send(
            HttpMethod.Post, "/chatroom", new { name = marker, system_prompt = marker }, ("Idempotency-Key", marker)));
        var room = await ChatUser.Json(created, HttpStatusCode.Created);
        return new RoomRecord(user, room.GetProperty("id").GetString()!, marker);
    }
}
