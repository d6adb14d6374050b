namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Changes a room's name, system prompt, pin, archive and defaults for replies. One write runs at a time, because each write names the version before it as
/// its fence. Runs on the activation's scheduler.
/// </summary>
internal sealed class RoomSettingsWriter(Room room, ChatroomServices services) : IDisposable
{
    private const int MaxAttempts = 3;

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _writeLock = new(1, 1);

    /// <summary>Stores the changes that the user requests.</summary>
    /// <exception cref="TimeoutException">Other changes took too long; nothing was stored.</exception>
    public async Task<UpdateRoomOutcome> Update(RoomPatch patch)
    {
        if (!await _writeLock.WaitAsync(LockTimeout))
        {
            throw new TimeoutException($"Timed out while waiting to change room {room.Key.RoomId}.");
        }

        try
        {
            return await Store(patch);
        }
        finally
        {
            _writeLock.Release();
        }
    }

    /// <summary>
    /// Reserves the title that a finished reply gives its room. The title is stored with the reply. Null when the room
    /// has a name, or when a change of the name is running. Nothing else changes the name until the reservation is
    /// disposed.
    /// </summary>
    /// <param name="question">The question; null when it is no longer in memory.</param>
    /// <param name="end">The finished reply.</param>
    public TitleReservation? ReserveTitle(RoomMessage? question, RoomMessage end)
    {
        var isAnswered = end.Content.Length > 0
            && end.Status is MessageStatus.Completed or MessageStatus.Stopped or MessageStatus.Incomplete;
        return question is not null && !room.Row.IsNamed && isAnswered && RoomTitle.FromQuestion(question.Content) is { } title && _writeLock.Wait(0)
            ? new TitleReservation(title, _writeLock)
            : null;
    }

    /// <summary>Whether the settings have changed since all versions that the patch expects.</summary>
    public bool IsOutdated(RoomPatch patch) =>
        patch.ExpectedVersions is { } versions && !versions.Any(version => IsUnchangedSince(version, room.Row.Summary));

    public void Dispose() => _writeLock.Dispose();

    private async Task<UpdateRoomOutcome> Store(RoomPatch patch)
    {
        for (var tries = 1; tries <= MaxAttempts; tries++)
        {
            var known = room.Row;
            if (Apply(patch, known) == known)
            {
                // A client may repeat a request whose response was lost. RFC 9110, 13.1.1, says that this is not a
                // conflict.
                return new UpdateRoomOutcome.Updated(known.Summary, known.SystemPrompt, Options: known.Options);
            }

            if (IsOutdated(patch))
            {
                return new UpdateRoomOutcome.Outdated();
            }

            var next = room.CreateNextRow(Apply(patch, known));
            if (await services.Rooms.ChangeSettings(room.Key, next, known.Summary.SettingsVersion))
            {
                room.ApplySettings(next);
                return new UpdateRoomOutcome.Updated(room.Row.Summary, next.SystemPrompt, Options: next.Options);
            }

            if (await services.Rooms.Load(room.Key, tail: 0) is not { } stored)
            {
                return new UpdateRoomOutcome.RoomAbsent();
            }

            room.ReloadSettings(stored.Row);
        }

        throw StaleActivation.ForRoom(room.Key);
    }

    private static RoomRow Apply(RoomPatch patch, RoomRow known) => known with
    {
        Summary = known.Summary with
        {
            Name = patch.Name ?? known.Summary.Name,
            IsPinned = patch.IsPinned ?? known.Summary.IsPinned,
            IsArchived = patch.IsArchived ?? known.Summary.IsArchived,
        },
        SystemPrompt = patch.SystemPrompt switch
        {
            null => known.SystemPrompt,
            "" => null,
            var prompt => prompt,
        },
        IsNamed = known.IsNamed || patch.Name is not null,
        Options = patch.Options is null ? known.Options : patch.Options.ApplyTo(known.Options),
    };

    /// <summary>Whether the settings are unchanged since a version. A message also creates a new version.</summary>
    private static bool IsUnchangedSince(long version, RoomSummary room) =>
        version >= room.SettingsVersion && version <= room.Version;

    /// <summary>A title that is being stored.</summary>
    internal sealed class TitleReservation(string text, SemaphoreSlim writing) : IDisposable
    {
        /// <summary>The room with its title.</summary>
        public RoomSummary ApplyTo(RoomSummary room) => room with { Name = text, SettingsVersion = room.Version };

        public string Text => text;

        public void Dispose() => writing.Release();
    }
}
