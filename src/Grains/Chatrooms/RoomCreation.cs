using System.Security.Cryptography;
using System.Text;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Brings a room into being.</summary>
internal static class RoomCreation
{
    /// <summary>Tells requests apart that ask for the same room id, at most 64 characters.</summary>
    public static string Fingerprint(NewRoom room) => Convert.ToHexString(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{room.Name.Length} {room.Name}{room.SystemPrompt}")));

    /// <summary>Stores a room's row if its user may have one more.</summary>
    /// <returns>The room as stored, by this request or an earlier one; or why there is none.</returns>
    public static async Task<(StoredRoom? Stored, CreateRoomOutcome? Refusal)> Store(
        RoomKey key, NewRoom room, string createdAs, IUserGrain user, ChatroomServices parts)
    {
        switch (await user.ReserveRoom(key.RoomId))
        {
            case RoomReservation.UserAbsent:
                return (null, new CreateRoomOutcome.UserAbsent());
            case RoomReservation.TooManyRooms:
                return (null, new CreateRoomOutcome.TooManyRooms(IUserGrain.MaxRooms));
        }

        var now = parts.Now();
        var summary = new RoomSummary(key.RoomId, room.Name, now, now, Version: 1);
        var row = new RoomRow(summary, room.SystemPrompt, NextId: 1, createdAs, IsNamed: !room.IsUntitled);

        if (await parts.Rooms.Create(key, row))
        {
            return (new StoredRoom(row, [], []), null);
        }

        // A row that is there already comes from an earlier try that was not answered, or from another activation.
        if (await parts.Rooms.Load(key, parts.Options.TailMessages) is { } stored)
        {
            return (stored, null);
        }

        if (await parts.Rooms.WasDeleted(key))
        {
            await user.RoomDeleted(key.RoomId);
            return (null, new CreateRoomOutcome.Deleted());
        }

        throw new InconsistentStateException($"Room {key.RoomId} is another user's.");
    }
}
