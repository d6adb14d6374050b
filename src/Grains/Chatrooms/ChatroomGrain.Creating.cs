using System.Security.Cryptography;
using System.Text;
using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Creating: the room gets its row.</summary>
internal sealed partial class ChatroomGrain
{
    private Task<CreateRoomOutcome?>? _creation;

    public async Task<CreateRoomOutcome> Create(NewRoom room)
    {
        var fingerprint = GetFingerprint(room);
        if (_room is null)
        {
            if (_creation is null or { IsCompleted: true })
            {
                _creation = StoreNew(room, fingerprint);
            }

            try
            {
                if (await _creation is { } refusal)
                {
                    return refusal;
                }
            }
            finally
            {
                DeactivateIfAbsent();
            }
        }

        if (_room!.Row.CreationFingerprint != fingerprint)
        {
            return new CreateRoomOutcome.AlreadyExists();
        }

        // A repeat notifies too: the earlier call may have failed before it notified the user's grain.
        await _notices.Publish(_room.Row.Summary);
        return new CreateRoomOutcome.Created(_room.Row.Summary, _room.Row.Options);
    }

    public async Task<CreateRoomOutcome?> FindCopy(string request)
    {
        DeactivateIfAbsent();
        if (_room is { } room)
        {
            return room.Row.CreationFingerprint == GetFingerprint(request)
                ? new CreateRoomOutcome.Created(room.Row.Summary, room.Row.Options)
                : new CreateRoomOutcome.AlreadyExists();
        }

        return await services.Rooms.WasDeleted(_key) ? new CreateRoomOutcome.Deleted() : null;
    }

    public async Task<RoomExistence> CheckExistence()
    {
        DeactivateIfAbsent();
        return _room is not null ? RoomExistence.Exists
            : await services.Rooms.WasDeleted(_key) ? RoomExistence.Deleted
            : RoomExistence.Absent;
    }

    /// <summary>A fingerprint that tells apart requests for the same room id, at most 64 characters.</summary>
    private static string GetFingerprint(NewRoom room) =>
        GetFingerprint(room.Copy?.Request ?? $"{(room.IsTemporary ? "temporary " : "")}{GetText(room.Options)}{room.Name.Length} {room.Name}{room.SystemPrompt}");

    // Empty without options, so that fingerprints from earlier versions still match.
    private static string GetText(ReplyOptions? options) =>
        options is null ? "" : $"{options.Model} {options.Thinking} {options.Search} ";

    private static string GetFingerprint(string request) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(request)));

    /// <summary>Stores the room's row if the user may have one more room.</summary>
    /// <returns>Null when the room is stored, by this request or an earlier one; otherwise the reason for the refusal.</returns>
    private async Task<CreateRoomOutcome?> StoreNew(NewRoom room, string fingerprint)
    {
        if (room.Copy is { } copy
            && (copy.CountMessages() > RoomCopy.MaxMessages
                || await services.Rooms.MeasureText(_key with { RoomId = copy.SourceRoomId }, copy.Ranges) > RoomCopy.MaxTextBytes))
        {
            return new CreateRoomOutcome.CopyTooLong();
        }

        // A copy has the options of its original, which may no longer be available. They are then left out of its replies.
        if (room.Copy is null && await _optionsResolver.FindRefusal(room.Options, defaults: null) is { } unavailable)
        {
            return new CreateRoomOutcome.OptionsRefused(unavailable);
        }

        switch (await _user.ReserveRoom(_key.RoomId))
        {
            case RoomReservation.UserAbsent:
                return new CreateRoomOutcome.UserAbsent();
            case RoomReservation.TooManyRooms:
                return new CreateRoomOutcome.TooManyRooms(IUserGrain.MaxRooms);
        }

        var now = services.Now();
        var summary = new RoomSummary(_key.RoomId, room.Name, now, now, Version: 1, IsTemporary: room.IsTemporary);
        var row = new RoomRow(summary, room.SystemPrompt, NextId: 1 + (room.Copy?.CountMessages() ?? 0), fingerprint, IsNamed: !room.IsUntitled, Options: room.Options);

        // If the row exists, an earlier try stored it and its response was lost, or another activation stored it.
        var stored = await services.Rooms.Create(_key, row, room.Copy) && room.Copy is null
            ? new StoredRoom(row, [], [], [])
            : await services.Rooms.Load(_key, services.Options.Value.TailMessages);
        if (stored is not null)
        {
            Open(stored);
            _notices.Publish(new Notice.RoomCreated(stored.Row.Summary));
            return null;
        }

        if (await services.Rooms.WasDeleted(_key))
        {
            await _user.RoomDeleted(_key.RoomId);
            return new CreateRoomOutcome.Deleted();
        }

        throw new InconsistentStateException($"Room {_key.RoomId} belongs to another user.");
    }
}
