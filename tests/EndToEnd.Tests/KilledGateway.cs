using System.Net;
using System.Runtime.Versioning;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Classes that share one gateway that was killed.</summary>
[CollectionDefinition]
public sealed class SharedKilledGateway : ICollectionFixture<KilledGateway>;

/// <summary>
/// A gateway that was killed in the midst of much, and started again. A start takes longer than most questions about a
/// crash, so they share one.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class KilledGateway : GatewayFixture
{
    /// <summary>A room has this many posts: one runs, the others wait.</summary>
    public const int PostsOfARoom = 3;

    /// <summary>The key of the post that is repeated, and of the room that is deleted.</summary>
    public const string Key = "the-key";

    /// <summary>As many open replies as a room may have: the first runs.</summary>
    public const int FullQueue = 21;

    private const int Rooms = 10;

    /// <summary>Who uses all the rooms, but for the deleted one.</summary>
    internal ChatUser User { get; private set; } = null!;

    /// <summary>Rooms that were at work, each with <see cref="PostsOfARoom"/> posts.</summary>
    internal string[] BusyRooms { get; private set; } = [];

    /// <summary>A room with one post, which has <see cref="Key"/>, and what was answered to it.</summary>
    internal (string Room, JsonElement Accepted) KeyedPost { get; private set; }

    /// <summary>A room with one post, which has <see cref="Key"/>, and the id of the last event of its stream before the crash.</summary>
    internal (string Room, string LastId) BrokenStream { get; private set; }

    /// <summary>A room with <see cref="FullQueue"/> posts, and their replies in the order of their keys.</summary>
    internal (string Room, long[] Replies) FullRoom { get; private set; }

    /// <summary>A room with a stopped reply, and what was answered to the stop.</summary>
    internal (string Room, string Receipt) StoppedReply { get; private set; }

    /// <summary>Shares of the room with the stopped reply: one goes on, the other was ended by the last request before the crash.</summary>
    internal (string GoesOn, string Ended) ShareTokens { get; private set; }

    /// <summary>A user whose only room was deleted during a reply.</summary>
    internal (ChatUser User, string Room) Deleted { get; private set; }

    /// <summary>A device that follows the notices of its user, and the id of the last one that it got.</summary>
    internal (ChatUser User, string LastId) Device { get; private set; }

    /// <summary>The last replies before the crash: the model's daily quota was used up at the first of them.</summary>
    internal List<JsonElement> RepliesWithoutQuota { get; } = [];

    /// <summary>The calls for those replies.</summary>
    internal int CallsWithoutQuota { get; private set; }

    /// <summary>The modes of the data's files before the crash, after which everybody could read them.</summary>
    internal DataFileModes ModesBefore { get; private set; } = null!;

    // Silent calls must outlive all that comes before the crash, also on a busy machine.
    protected override (string Name, string Value)[] Settings => [("GEMINI_IDLE_SECONDS", "600"), ("GEMINI_TOTAL_SECONDS", "600")];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        User = await ChatUser.SignIn(Gateway.Http);
        Gemini.ReplyAlways(Script.Chunks("half an ans").Then(Script.Silence()));
        BusyRooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(i => User.NewRoom($"room {i}")));
        await Task.WhenAll(BusyRooms.SelectMany(room => Enumerable.Range(0, PostsOfARoom).Select(i => User.Post(room, $"{room} {i}"))));
        await PostWithKey();
        await StreamWithKey();
        await FillRoom();
        await Gemini.Calls.WaitForRunning(Rooms + 3);
        await StopReply();
        await DeleteRoom();
        await FollowNotices();
        await UseUpDailyQuota();
        ModesBefore = DataFileModes.Read(Data);
        await EndShare();
        await Gateway.Kill();

        DataFileModes.OpenToAll(Data);
        await Gemini.Calls.WaitUntilIdle();
        var calls = Gemini.Calls.Total;
        Gemini.ReplyWith(request => Script.Words($"re {request.LastText}"));
        await Gateway.Restart();

        // Nobody asks for anything: the process itself takes up what is owed.
        await Gemini.Calls.WaitForCalls(calls + (Rooms * PostsOfARoom) + 2 + FullQueue);
        await Gemini.Calls.WaitUntilIdle();
    }

    private async Task PostWithKey()
    {
        var room = await User.NewRoom();
        KeyedPost = (room, await User.Post(room, "once", Key));
    }

    private async Task StreamWithKey()
    {
        var room = await User.NewRoom();
        await foreach (var item in User.Stream(HttpMethod.Post, $"/chatroom/{room}/message/stream", new { content = "streamed" }, key: Key))
        {
            if (item.EventType == "token")
            {
                BrokenStream = (room, item.EventId!);
                break;
            }
        }
    }

    private async Task FillRoom()
    {
        var room = await User.NewRoom();
        FullRoom = (room, await PostToFullRoom(room));
        Assert.Equal(FullQueue, FullRoom.Replies.Distinct().Count());
        using var refused = await User.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "the queue is full" });
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(FullRoom.Replies, await PostToFullRoom(room));
    }

    /// <summary>Posts all that the full room was asked, with the same keys each time.</summary>
    internal Task<long[]> PostToFullRoom(string room) => Task.WhenAll(Enumerable.Range(0, FullQueue).Select(async i =>
        (await User.Post(room, $"{room} {i}", $"key-{i}")).GetProperty("reply").Id()));

    private async Task StopReply()
    {
        var room = await User.NewRoom();
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        await User.Post(room, "stopped");
        await hold.SendText("up to here");
        await foreach (var seen in User.Stream(HttpMethod.Get, $"/chatroom/{room}/message/2"))
        {
            if (seen.EventType == "token")
            {
                break;
            }
        }

        using var stopped = await User.Send(HttpMethod.Post, $"/chatroom/{room}/message/2/stop");
        Assert.Equal(HttpStatusCode.OK, stopped.StatusCode);
        StoppedReply = (room, await stopped.Content.ReadAsStringAsync());
    }

    private async Task DeleteRoom()
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        using var created = await user.Send(HttpMethod.Post, "/chatroom", new { name = "room" }, ("Idempotency-Key", Key));
        var room = (await ChatUser.Json(created, HttpStatusCode.Created)).GetProperty("id").GetString()!;
        var running = Gemini.Calls.Running;
        await user.Post(room, $"deleted {room}");
        await user.Post(room, "waiting");
        await Gemini.Calls.WaitForRunning(running + 1);
        using var deleted = await user.Send(HttpMethod.Delete, $"/chatroom/{room}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Deleted = (user, room);
    }

    private async Task EndShare()
    {
        var shares = $"/chatroom/{StoppedReply.Room}/shares";
        var goesOn = await ChatUser.Json(await User.Send(HttpMethod.Post, shares), HttpStatusCode.Created);
        var ended = await ChatUser.Json(await User.Send(HttpMethod.Post, shares, body: null, ("Idempotency-Key", Key)), HttpStatusCode.Created);
        ShareTokens = (goesOn.GetProperty("token").GetString()!, ended.GetProperty("token").GetString()!);
        using var answer = await User.Send(HttpMethod.Delete, $"{shares}/{ended.GetProperty("id").GetString()}");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private async Task FollowNotices()
    {
        using var deadline = Deadline.Start();
        var user = await ChatUser.SignIn(Gateway.Http);

        // With an id that was never given the stream begins at once, with a reload.
        await using var notices = user.Notices("0-0", deadline.Token);
        Assert.True(await notices.MoveNextAsync());
        await user.NewRoom();
        Assert.True(await notices.MoveNextAsync());
        Assert.Equal("created", notices.Current.EventType);
        Device = (user, notices.Current.EventId!);
    }

    /// <summary>The last of all: until the restart the model is not called any more.</summary>
    private async Task UseUpDailyQuota()
    {
        var before = Gemini.Calls.Total;
        Gemini.EnqueueReplies(Script.DailyQuota());
        foreach (var room in new[] { await User.NewRoom(), await User.NewRoom() })
        {
            Assert.Equal("error", (await User.Ask(room, "hello"))[^1].EventType);
            RepliesWithoutQuota.Add(await User.Get($"/chatroom/{room}/message/2"));
        }

        CallsWithoutQuota = Gemini.Calls.Total - before;
    }
}
