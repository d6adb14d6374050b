namespace GeminiChat.Grains.Chatrooms;

/// <summary>Updating: the user changes the room's settings, or shows another branch.</summary>
internal sealed partial class ChatroomGrain
{
    private bool _isHeadUnknown;

    public async Task<UpdateRoomOutcome> Update(RoomPatch patch)
    {
        DeactivateIfAbsent();
        if (_room is not { } room)
        {
            return new UpdateRoomOutcome.RoomAbsent();
        }

        ThrowIfStale();
        if (patch.Head is { } message && await Find(room, message) is null)
        {
            return new UpdateRoomOutcome.MessageAbsent();
        }

        if (patch.Head is { } wanted && room.Conversation.NewestDescendantOf(wanted) != room.Conversation.Head && _settings!.IsOutdated(patch))
        {
            return new UpdateRoomOutcome.Outdated();
        }

        if (await _optionsResolver.FindRefusal(patch.Options?.ToAsked(), patch.Options?.ApplyTo(room.Row.Options)) is { } unavailable)
        {
            return new UpdateRoomOutcome.OptionsRefused(unavailable);
        }

        var outcome = await _settings!.Update(patch);
        if (outcome is not UpdateRoomOutcome.Updated)
        {
            return outcome;
        }

        if (patch.Head is { } shown && await UnlessDeleted(ShowBranch(room, shown)) is null)
        {
            return new UpdateRoomOutcome.RoomAbsent();
        }

        // A repeat notifies too: the earlier call may have failed before it notified the user's grain.
        var updated = new UpdateRoomOutcome.Updated(room.Row.Summary, room.Row.SystemPrompt, room.Conversation.Head, room.Row.Options);
        await _notices.Publish(updated.Room, [.. CreateNotices(patch, updated)]);
        return updated;
    }

    private static IEnumerable<Notice> CreateNotices(RoomPatch patch, UpdateRoomOutcome.Updated updated)
    {
        if (patch.Name is not null || patch.SystemPrompt is not null)
        {
            yield return new Notice.RoomRenamed(updated.Room);
        }

        if (patch.Head is not null || patch.IsPinned is not null || patch.IsArchived is not null || patch.Options is not null)
        {
            yield return new Notice.RoomUpdated(updated.Room, updated.Head);
        }
    }

    /// <summary>Reads the head after a choice whose outcome is unknown.</summary>
    private async Task ResolveUnknownHead(Room room)
    {
        if (_isHeadUnknown)
        {
            var stored = await services.Rooms.Load(room.Key, tail: 0) ?? throw StaleActivation.ForRoom(room.Key);
            room.ApplyHead(stored.Row.NextId == room.Row.NextId ? stored.Row.ChosenHead : null, stored.Row.Summary);
            _isHeadUnknown = false;
        }
    }

    /// <summary>Shows the branch that holds a message, down to its newest message.</summary>
    private async Task<Room> ShowBranch(Room room, long messageId)
    {
        await _commitLock.WaitAsync();
        try
        {
            await ResolveUnknownCommit(room);
            await ResolveUnknownHead(room);
            var head = room.Conversation.NewestDescendantOf(messageId);
            if (head == room.Conversation.Head)
            {
                return room;
            }

            // The user's choice is no activity of the room.
            var summary = room.CreateNextSummary(room.Row.Summary.UpdatedAt);
            var expected = new RoomFence(room.Row.NextId, room.Conversation.ChosenHead);
            _isHeadUnknown = true;
            if (!await services.Rooms.ChooseHead(room.Key, head, expected, summary.Version))
            {
                throw StaleActivation.ForRoom(room.Key);
            }

            _isHeadUnknown = false;
            room.ApplyHead(head, summary);
            return room;
        }
        finally
        {
            _commitLock.Release();
        }
    }
}
