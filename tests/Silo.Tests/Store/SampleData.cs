using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Tests.Store;

/// <summary>Rooms and messages to store.</summary>
internal static class SampleData
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, 123, TimeSpan.Zero);

    public static readonly DateOnly Day = new(2026, 11, 22);

    public static RoomKey Key(Guid? user = null) => new(user ?? Guid.CreateVersion7(), Guid.CreateVersion7());

    public static RoomRow Row(RoomKey room, string? prompt = null) =>
        new(Summary(room, version: 1), prompt, NextId: 1, CreationFingerprint: "fingerprint");

    public static RoomSummary Summary(RoomKey room, long version, int minutes = 0) =>
        new(room.RoomId, "A room", Noon, Noon.AddMinutes(minutes), version);

    /// <summary>A turn whose message has this id, and whose reply has the next.</summary>
    public static AcceptedTurn Turn(long id, string? key = null, string text = "Hello") => new(
        new RoomMessage(id, Sender.User, text, Noon, MessageStatus.Completed),
        new RoomMessage(id + 1, Sender.Ai, "", Noon, MessageStatus.Queued, ReplyTo: id, Attempt: 1),
        key ?? $"key-{id}");

    /// <summary>A turn whose reply has this id and answers the message of another turn anew.</summary>
    public static AcceptedTurn Regenerated(long id, AcceptedTurn turn, long? regenerates = null) => new(
        turn.Message,
        turn.Reply with { Id = id },
        $"key-{id}",
        regenerates ?? turn.Reply.Id,
        StoresParent: true);

    public static Acceptance Accept(RoomKey room, long expected, params ImmutableArray<AcceptedTurn> turns) =>
        new(room, expected, turns.IsEmpty ? [Turn(expected)] : turns, Summary(room, version: expected + 1, minutes: 1), Noon, Limits(0));

    /// <summary>The same limit for every tier; 0 for none.</summary>
    public static TierOptions Limits(int daily) => new()
    {
        BasicDailyMessages = daily,
        ProDailyMessages = daily,
        BasicSearchQueries = 0,
        ProSearchQueries = 0,
    };

    /// <summary>Whether all turns of an acceptance are stored.</summary>
    public static async Task<bool> Stores(this IRoomStore rooms, Acceptance acceptance) =>
        await rooms.Accept(acceptance) is AcceptanceOutcome.Accepted accepted && accepted.Turns == acceptance.Turns.Length;

    /// <summary>A room with this many turns, their replies open, and usage to match.</summary>
    public static async Task<RoomKey> CreateRoomWithTurns(this IRoomStore rooms, int turns, RoomKey? key = null)
    {
        var room = key ?? Key();
        Assert.True(await rooms.Create(room, Row(room)));
        for (var i = 0; i < turns; i++)
        {
            Assert.True(await rooms.Stores(Accept(room, (2 * i) + 1)));
        }

        return room;
    }
}
