using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>Rooms and messages in the database.</summary>
internal sealed class RoomStore(Database database, StoreWriter writer, DeletedRooms deleted, TimeProvider time) : IRoomStore
{
    private readonly RoomReads _reads = new(database);
    private readonly RoomWrites _writes = new(database, time);

    public Task<StoredRoom?> Load(RoomKey room, int tail) => _reads.Load(room, tail);

    public Task<bool> Create(RoomKey room, RoomRow row) => writer.Write(RoomWrites.Create(room, row));

    public Task<AcceptanceOutcome> Accept(Acceptance acceptance) => writer.Write(_writes.Accept(acceptance));

    public Task<bool> StartAttempt(ReplyFence fence, DateTimeOffset now) =>
        writer.Write(RoomWrites.StartAttempt(fence, now));

    public Task<bool> Checkpoint(ReplyFence fence, string text, DateTimeOffset now) =>
        writer.Write(RoomWrites.Checkpoint(fence, text, now));

    public Task<bool> Finish(ReplyFence fence, RoomMessage reply, RoomSummary room, Refund refund = Refund.None, string? title = null) =>
        writer.Write(_writes.Finish(fence, reply, room, refund, title));

    public Task<bool> ChangeSettings(RoomKey room, RoomRow row, long expected) =>
        writer.Write(RoomWrites.ChangeSettings(room, row, expected));

    public Task<bool> Delete(RoomKey room, DateTimeOffset now) => deleted.Delete(room, now);

    public Task<bool> WasDeleted(RoomKey room) => deleted.Contains(room);

    public Task<ImmutableArray<RoomMessage>> ReadMessages(RoomKey room, long before, int limit) =>
        _reads.ReadMessages(room, before, limit);

    public Task<ImmutableArray<RoomMessage>> ReadTurnsBefore(RoomKey room, long messageId, int limit) =>
        _reads.ReadTurnsBefore(room, messageId, limit);

    public Task<RoomMessage?> ReadMessage(RoomKey room, long messageId) => _reads.ReadMessage(room, messageId);

    public Task<StoredTurn?> FindTurn(RoomKey room, string key) => _reads.FindTurn(room, key);

    public Task<ImmutableArray<RoomKey>> ListRoomsWithPendingTurns(DateTimeOffset untouchedSince, Guid after, int limit) =>
        _reads.RoomsWithOpenTurns(untouchedSince, after, limit);
}
