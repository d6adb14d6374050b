using System.Security.Cryptography;
using System.Text;
using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Creates a room.</summary>
internal static class RoomCreation
{
    /// <summary>A fingerprint that tells apart requests for the same room id, at most 64 characters.</summary>
    public static string Fingerprint(NewRoom room) => Convert.ToHexString(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{room.Name.Length} {room.Name}{room.SystemPrompt}")));

    /// <summary>Stores a room's row if the user may have one more room.</summary>
    /// <returns>The room as stored by this request or an earlier one; or the reason for a refusal.</returns>
    public static async Task<(StoredRoom? Stored, CreateRoomOutcome? Refusal)> Store(
        RoomKey key, NewRoom room, string fingerprint, IUserGrain user, ChatroomServices services)
    {
        switch (await user.ReserveRoom(key.RoomId))
        {
            case RoomReservation.UserAbsent:
                return (null, new CreateRoomOutcome.UserAbsent());
            case RoomReservation.TooManyRooms:
                return (null, new CreateRoomOutcome.TooManyRooms(IUserGrain.MaxRooms));
        }

        var now = services.Now();
        var summary = new RoomSummary(key.RoomId, room.Name, now, now, Version: 1);
        var row = new RoomRow(summary, room.SystemPrompt, NextId: 1, fingerprint, IsNamed: !room.IsUntitled);

        if (await services.Rooms.Create(key, row))
        {
            return (new StoredRoom(row, [], []), null);
        }

        // The row exists. Either an earlier try stored it and its response was lost, or another activation stored it.
        if (await services.Rooms.Load(key, services.Options.TailMessages) is { } stored)
        {
            return (stored, null);
        }

        if (await services.Rooms.WasDeleted(key))
        {
            await user.RoomDeleted(key.RoomId);
            return (null, new CreateRoomOutcome.Deleted());
        }

        throw new InconsistentStateException($"Room {key.RoomId} belongs to another user.");
    }
}
