using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Grains.Tests.Hosting;

/// <summary>The real store, with outages where the test wants them.</summary>
public sealed class FaultInjectingRoomStore(IRoomStore real) : IRoomStore
{
    /// <summary>Runs in place of the next acceptance, which it gets.</summary>
    public Func<Func<Task<AcceptanceOutcome>>, Task<AcceptanceOutcome>>? NextAccept { get; set; }

    /// <summary>Runs in place of the next end of a reply, which it gets.</summary>
    public Func<Func<Task<bool>>, Task<bool>>? NextFinish { get; set; }

    /// <summary>Runs in place of the next change of name or prompt, which it gets.</summary>
    public Func<Func<Task<bool>>, Task<bool>>? NextChange { get; set; }

    /// <summary>Runs in place of the next feedback, which it gets.</summary>
    public Func<Func<Task<bool>>, Task<bool>>? NextFeedback { get; set; }

    /// <summary>Runs in place of the next deletion, which it gets.</summary>
    public Func<Func<Task<bool>>, Task<bool>>? NextDelete { get; set; }

    /// <summary>Runs in place of the next creation, which it gets.</summary>
    public Func<Func<Task<bool>>, Task<bool>>? NextCreate { get; set; }

    public Task<AcceptanceOutcome> Accept(Acceptance acceptance) => Inject(() => real.Accept(acceptance), NextAccept, () => NextAccept = null);

    public Task<bool> Finish(ReplyFence fence, RoomMessage reply, RoomSummary room, Refund refund = Refund.None, string? title = null) =>
        Inject(() => real.Finish(fence, reply, room, refund, title), NextFinish, () => NextFinish = null);

    public Task<bool> SetFeedback(RoomKey room, long replyId, MessageFeedback? feedback) =>
        Inject(() => real.SetFeedback(room, replyId, feedback), NextFeedback, () => NextFeedback = null);

    public Task<bool> ChangeSettings(RoomKey room, RoomRow row, long expected) =>
        Inject(() => real.ChangeSettings(room, row, expected), NextChange, () => NextChange = null);

    public Task<bool> Delete(RoomKey room, DateTimeOffset now, DateTimeOffset? unusedSince = null) =>
        Inject(() => real.Delete(room, now, unusedSince), NextDelete, () => NextDelete = null);

    public Task<bool> WasDeleted(RoomKey room) => real.WasDeleted(room);

    public Task<bool> Create(RoomKey room, RoomRow row, RoomCopy? copy = null) =>
        Inject(() => real.Create(room, row, copy), NextCreate, () => NextCreate = null);

    public Task<StoredRoom?> Load(RoomKey room, int tail) => real.Load(room, tail);

    public Task<bool> StartAttempt(ReplyFence fence, DateTimeOffset now) => real.StartAttempt(fence, now);

    public Task<bool> Checkpoint(ReplyFence fence, string text, DateTimeOffset now) => real.Checkpoint(fence, text, now);

    public Task<ImmutableArray<RoomMessage>> ReadMessages(RoomKey room, long before, int limit) => real.ReadMessages(room, before, limit);

    public Task<ImmutableArray<RoomMessage>> ReadMessages(RoomKey room, ImmutableArray<long> ids, long maxTextLength) =>
        real.ReadMessages(room, ids, maxTextLength);

    public Task<bool> ChooseHead(RoomKey room, long head, RoomFence expected, long version) =>
        Inject(() => real.ChooseHead(room, head, expected, version), NextChange, () => NextChange = null);

    public Task<long> MeasureText(RoomKey room, ImmutableArray<IdRange> ranges) => real.MeasureText(room, ranges);

    public Task<RoomMessage?> ReadMessage(RoomKey room, long messageId) => real.ReadMessage(room, messageId);

    public Task<StoredTurn?> FindTurn(RoomKey room, string key) => real.FindTurn(room, key);

    public Task<ImmutableArray<RoomKey>> ListRoomsWithPendingTurns(DateTimeOffset untouchedSince, Guid after, int limit) =>
        real.ListRoomsWithPendingTurns(untouchedSince, after, limit);

    /// <summary>The write is stored, and its answer lost.</summary>
    public static async Task<T> StoredWithUnknownOutcome<T>(Func<Task<T>> write)
    {
        Assert.True(await write() is true or AcceptanceOutcome.Accepted);
        throw new StoreOutcomeUnknownException("as the test wishes");
    }

    /// <summary>The write is not stored, and nobody knows.</summary>
    public static Task<T> NotStoredWithUnknownOutcome<T>(Func<Task<T>> write) =>
        Task.FromException<T>(new StoreOutcomeUnknownException("as the test wishes"));

    /// <summary>The database is away.</summary>
    public static Task<T> Unavailable<T>(Func<Task<T>> write) =>
        Task.FromException<T>(new StoreUnavailableException("as the test wishes"));

    /// <summary>The database refuses the values.</summary>
    public static Task<T> Rejected<T>(Func<Task<T>> write) =>
        Task.FromException<T>(new StoreRejectedException("as the test wishes"));

    private static Task<T> Inject<T>(Func<Task<T>> write, Func<Func<Task<T>>, Task<T>>? spoiler, Action isUsed)
    {
        isUsed();
        return spoiler is null ? write() : spoiler(write);
    }
}
