using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Tests.Chatrooms;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Tests.Hosting;

/// <summary>A room under test, its model and its rows.</summary>
internal sealed class RoomDriver(GrainTestCluster cluster, RoomKey key, FakeModel model) : IAsyncDisposable
{
    private readonly List<IChatroomGrain> _others = [];
    private int _keys;

    public RoomKey Key => key;

    public FakeModel Model => model;

    public IRoomStore Store => cluster.Store;

    public IChatroomGrain Room => cluster.Grains.Chatroom(key);

    public async Task<PostOutcome.Accepted> Post(string content, string? idempotencyKey = null)
    {
        var post = new NewMessage(content, idempotencyKey ?? $"key {Interlocked.Increment(ref _keys)}");
        return Assert.IsType<PostOutcome.Accepted>(await Room.Post(post));
    }

    /// <summary>Posts with a file of a media type, which has no bytes.</summary>
    public async Task<PostOutcome.Accepted> PostWithFile(string content, string mediaType, ReplyOptions? options = null) =>
        Assert.IsType<PostOutcome.Accepted>(await TryPostWithFile(content, mediaType, options));

    /// <inheritdoc cref="PostWithFile"/>
    public async Task<PostOutcome> TryPostWithFile(string content, string mediaType, ReplyOptions? options = null)
    {
        var (user, id) = (cluster.Grains.User(key.UserId), Guid.CreateVersion7());
        await user.BeginUpload(id, idempotencyKey: null);
        var file = new UserFile(id, "a file", mediaType, Size: 3, Sha256: "00", DateTimeOffset.UnixEpoch);
        Assert.IsType<AddFileOutcome.Added>(await user.AddFile(file, idempotencyKey: null));
        return await Room.Post(new NewMessage(content, $"key {Interlocked.Increment(ref _keys)}", options, [id]));
    }

    /// <summary>Posts, answers as the model, and waits for the reply's end.</summary>
    public async Task PostAndAnswer(string question, string answer)
    {
        var turn = await Post(question);
        (await model.NextCall()).Answer(answer);
        await Room.ReadToEnd(turn.Reply.Id);
    }

    /// <summary>Posts, and waits for the end of a reply that the model gives by itself.</summary>
    public async Task PostAndWaitForReply(string question) => await Room.ReadToEnd((await Post(question)).Reply.Id);

    /// <summary>Ends the room's activation.</summary>
    public Task Deactivate() => cluster.Deactivate(Room);

    /// <summary>Another room of the same user.</summary>
    public async Task<IChatroomGrain> CreateAnotherRoom()
    {
        var room = cluster.Grains.Chatroom(key with { RoomId = Guid.CreateVersion7() });
        await room.Create(new NewRoom("another", null));
        _others.Add(room);
        return room;
    }

    /// <summary>Stores a turn as another activation of the room would.</summary>
    public async Task AcceptFromAnotherActivation(string content)
    {
        var stored = (await Store.Load(key, tail: 1))!;
        var id = stored.Row.NextId;
        var now = stored.Row.Summary.UpdatedAt;
        var turn = new AcceptedTurn(
            new RoomMessage(id, Sender.User, content, now, MessageStatus.Completed),
            new RoomMessage(id + 1, Sender.Ai, "", now, MessageStatus.Queued, ReplyTo: id, Attempt: 1),
            $"key of {content}");
        var summary = stored.Row.Summary with { Version = stored.Row.Summary.Version + 1 };
        var unlimited = new TierOptions { BasicDailyMessages = 0, ProDailyMessages = 0 };
        Assert.IsType<AcceptanceOutcome.Accepted>(await Store.Accept(new Acceptance(key, id, [turn], summary, now, unlimited)));
    }

    /// <summary>Repeats what fails while a room moves, as the gateway does.</summary>
    public async Task<T> RetryUntilSuccess<T>(Func<Task<T>> attempt)
    {
        using var deadline = Deadline.Start();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (Exception) when (!deadline.IsCancellationRequested)
            {
                await pause.WaitForNextTickAsync(deadline.Token);
            }
        }
    }

    /// <summary>Waits for what has no signal of its own.</summary>
    public Task WaitUntil(Func<Task<bool>> condition) =>
        RetryUntilSuccess(async () => await condition() ? true : throw new InvalidOperationException("Not yet."));

    public async ValueTask DisposeAsync()
    {
        foreach (var room in _others.Append(Room))
        {
            // A call to a silo that a test has just killed may fail.
            await RetryUntilSuccess(async () =>
            {
                await EndTurns(room);
                return true;
            });
        }
    }

    private static async Task EndTurns(IChatroomGrain room)
    {
        var view = await room.Read(100, before: null);
        foreach (var reply in (view?.Messages ?? []).Where(message => message.Status.IsPending()))
        {
            await room.Stop(reply.Id);
        }
    }
}
