namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Changes a room's name and system prompt: one write of them at a time, since each names the one before as its fence.
/// Runs on the activation's scheduler.
/// </summary>
internal sealed class RoomSettingsWriter(Room room, ChatroomServices services) : IDisposable
{
    private const int MaxAttempts = 3;

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _writeLock = new(1, 1);

    /// <summary>Stores what the user wants changed.</summary>
    /// <exception cref="TimeoutException">Other changes took too long; nothing was stored.</exception>
    public async Task<UpdateRoomOutcome> Update(RoomPatch patch)
    {
        if (!await _writeLock.WaitAsync(LockTimeout))
        {
            throw new TimeoutException($"Changes of room {room.Key.RoomId} wait too long.");
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
    /// The title that a finished reply gives its room, to be stored with it; null when the room has a name, or is just
    /// getting one. Nobody else changes the name before it is disposed.
    /// </summary>
    /// <param name="question">What was asked; null when it lies too far back to be in memory.</param>
    /// <param name="end">The reply.</param>
    public TitleReservation? ReserveTitle(RoomMessage? question, RoomMessage end)
    {
        var isAnswered = end.Content.Length > 0
            && end.Status is MessageStatus.Completed or MessageStatus.Stopped or MessageStatus.Incomplete;
        return question is not null && !room.Row.IsNamed && isAnswered && RoomTitle.FromQuestion(question.Content) is { } title && _writeLock.Wait(0)
            ? new TitleReservation(title, _writeLock)
            : null;
    }

    public void Dispose() => _writeLock.Dispose();

    private async Task<UpdateRoomOutcome> Store(RoomPatch patch)
    {
        for (var tries = 1; tries <= MaxAttempts; tries++)
        {
            var known = room.Row;
            if (IsAlreadyApplied(patch, known))
            {
                // A client may repeat a request that got no answer. That is no conflict: RFC 9110, 13.1.1.
                return new UpdateRoomOutcome.Updated(known.Summary, known.SystemPrompt);
            }

            if (patch.ExpectedVersions is { } versions && !versions.Any(version => IsUnchangedSince(version, known.Summary)))
            {
                return new UpdateRoomOutcome.Outdated();
            }

            var next = room.CreateNextRow(
                patch.Name ?? known.Summary.Name, GetPrompt(patch, known), isNamed: known.IsNamed || patch.Name is not null);
            if (await services.Rooms.ChangeSettings(room.Key, next, known.Summary.SettingsVersion))
            {
                room.ApplySettings(next);
                return new UpdateRoomOutcome.Updated(room.Row.Summary, next.SystemPrompt);
            }

            if (await services.Rooms.Load(room.Key, tail: 0) is not { } stored)
            {
                return new UpdateRoomOutcome.RoomAbsent();
            }

            room.ReloadSettings(stored.Row);
        }

        throw Superseded.ForRoom(room.Key);
    }

    private static bool IsAlreadyApplied(RoomPatch patch, RoomRow known) =>
        (patch.Name is null || (patch.Name == known.Summary.Name && known.IsNamed))
        && GetPrompt(patch, known) == known.SystemPrompt;

    private static string? GetPrompt(RoomPatch patch, RoomRow known) => patch.SystemPrompt switch
    {
        null => known.SystemPrompt,
        "" => null,
        var prompt => prompt,
    };

    /// <summary>Whether name and prompt are as they were at a version. A message also makes a new version.</summary>
    private static bool IsUnchangedSince(long version, RoomSummary room) =>
        version >= room.SettingsVersion && version <= room.Version;

    /// <summary>A title on its way into the store.</summary>
    internal sealed class TitleReservation(string text, SemaphoreSlim writing) : IDisposable
    {
        /// <summary>The room after the change, with its title.</summary>
        public RoomSummary ApplyTo(RoomSummary room) => room with { Name = text, SettingsVersion = room.Version };

        public string Text => text;

        public void Dispose() => writing.Release();
    }
}
