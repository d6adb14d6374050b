using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Accepts a room's messages: one commit at a time, each with all the messages that came while the one before was
/// under way. Runs on the activation's scheduler.
/// </summary>
/// <param name="room">The room.</param>
/// <param name="parts">What rooms share.</param>
/// <param name="onAccepted">Called after a commit; the posts are answered when its task completes.</param>
internal sealed class PostQueue(Room room, ChatroomServices parts, Func<RoomSummary, Task> onAccepted)
{
    private readonly Dictionary<string, (string Content, Task<PostOutcome> Outcome)> _inFlight = [];
    private List<PendingPost> _waiting = [];
    private Acceptance? _unsure;
    private int _committing;

    /// <summary>Whether a commit was made whose outcome is not known yet.</summary>
    public bool IsUnsure => _unsure is not null;

    /// <summary>Finds out what came of a commit whose outcome is not known.</summary>
    /// <exception cref="InconsistentStateException">The room is another activation's.</exception>
    public async Task BecomeSure()
    {
        if (_unsure is { } unsure && _committing == 0)
        {
            _committing = unsure.Turns.Length;
            try
            {
                await Settle(unsure);
            }
            finally
            {
                _committing = 0;
                CommitWaiting();
            }
        }
    }

    public async Task<PostOutcome> Post(NewMessage message)
    {
        if (_inFlight.TryGetValue(message.Key, out var first))
        {
            return first.Content == message.Content ? await first.Outcome : new PostOutcome.KeyReused();
        }

        // Runs up to its first wait, so the key is in the map before anyone else's turn.
        var outcome = PostOnce(message);
        _inFlight.Add(message.Key, (message.Content, outcome));
        try
        {
            return await outcome;
        }
        finally
        {
            _inFlight.Remove(message.Key);
        }
    }

    private async Task<PostOutcome> PostOnce(NewMessage message)
    {
        if (Refusal() is { } refusal)
        {
            // A repeat of what has been accepted is never refused.
            var stored = await parts.Rooms.FindTurn(room.Key, message.Key);
            return stored is null ? refusal : Repeat(stored, message);
        }

        var post = new PendingPost(message);
        _waiting.Add(post);
        CommitWaiting();
        return await post.Outcome.Task;
    }

    private void CommitWaiting()
    {
        if (_committing == 0 && _waiting.Count > 0)
        {
            Detached.Run(CommitAll);
        }
    }

    private PostOutcome? Refusal()
    {
        if (parts.Drain.Leaving.IsCancellationRequested)
        {
            return new PostOutcome.Leaving();
        }

        var open = room.Turns.Count + _waiting.Count + _committing;
        return open > parts.Options.MaxWaitingTurns ? new PostOutcome.QueueFull(parts.Options.MaxWaitingTurns) : null;
    }

    private async Task CommitAll()
    {
        // Started twice before it began, it finds the second time that somebody is at it.
        while (_committing == 0 && _waiting.Count > 0)
        {
            var batch = _waiting;
            _waiting = [];
            _committing = batch.Count;
            try
            {
                await Commit(batch);
            }
            catch (Exception failure)
            {
                batch.ForEach(post => post.Outcome.TrySetException(failure));
            }

            _committing = 0;
        }
    }

    private async Task Commit(List<PendingPost> batch)
    {
        if (_unsure is { } unsure)
        {
            await Settle(unsure);
        }

        var acceptance = Plan(batch);
        if (!await Accept(acceptance))
        {
            await SortOutRepeats(batch);
            return;
        }

        room.Accepted(acceptance);
        var told = onAccepted(acceptance.Summary);
        foreach (var (post, turn) in batch.Zip(acceptance.Turns))
        {
            var accepted = new PostOutcome.Accepted(turn.Message, turn.Reply, room.Position(turn.Reply.Id));
            _ = Answer(post, accepted, told);
        }
    }

    private async Task<bool> Accept(Acceptance acceptance)
    {
        try
        {
            return await parts.Rooms.Accept(acceptance);
        }
        catch (StoreOutcomeUnknownException)
        {
            // The running reply is not given up for it: the next post, or a wake, finds out.
            _unsure = acceptance;
            throw;
        }
    }

    /// <summary>
    /// Asks for the same acceptance again. It counts now, or it has counted before, or another activation has taken
    /// the room over.
    /// </summary>
    private async Task Settle(Acceptance unsure)
    {
        if (!await parts.Rooms.Accept(unsure) && !await IsStored(unsure))
        {
            throw new InconsistentStateException($"Room {room.Key.RoomId} was taken over.");
        }

        _unsure = null;
        room.Accepted(unsure);
        await onAccepted(unsure.Summary);
    }

    private async Task<bool> IsStored(Acceptance unsure)
    {
        var first = unsure.Turns[0];
        return await parts.Rooms.FindTurn(room.Key, first.Key) is { } stored && stored.Message.Id == first.Message.Id;
    }

    private static async Task Answer(PendingPost post, PostOutcome.Accepted accepted, Task told)
    {
        try
        {
            await told;
            post.Outcome.SetResult(accepted);
        }
        catch (Exception failure)
        {
            post.Outcome.SetException(failure);
        }
    }

    private Acceptance Plan(List<PendingPost> batch)
    {
        var now = parts.Now();
        var first = room.Row.NextId;
        var turns = batch.Select((post, i) => NewTurn(post.Message, first + (2 * i), now));
        var usageDay = DateOnly.FromDateTime(now.UtcDateTime);
        return new Acceptance(room.Key, first, [.. turns], room.ChangedAt(now), usageDay);
    }

    private static AcceptedTurn NewTurn(NewMessage message, long id, DateTimeOffset now) => new(
        new RoomMessage(id, Sender.User, message.Content, now, MessageStatus.Completed),
        new RoomMessage(id + 1, Sender.Ai, "", now, MessageStatus.Queued, ReplyTo: id, Attempt: 1),
        message.Key);

    /// <summary>
    /// A commit that did not count held a key that is stored already, or the room is another activation's by now.
    /// </summary>
    private async Task SortOutRepeats(List<PendingPost> batch)
    {
        var others = new List<PendingPost>();
        foreach (var post in batch)
        {
            if (await parts.Rooms.FindTurn(room.Key, post.Message.Key) is { } stored)
            {
                post.Outcome.SetResult(Repeat(stored, post.Message));
            }
            else
            {
                others.Add(post);
            }
        }

        if (others.Count == batch.Count)
        {
            throw new InconsistentStateException($"Room {room.Key.RoomId} was taken over.");
        }

        _waiting.InsertRange(0, others);
    }

    private PostOutcome Repeat(StoredTurn stored, NewMessage message) =>
        stored.Message.Content == message.Content
            ? new PostOutcome.Accepted(stored.Message, room.Now(stored.Reply), room.Position(stored.Reply.Id))
            : new PostOutcome.KeyReused();

    private sealed record PendingPost(NewMessage Message)
    {
        public TaskCompletionSource<PostOutcome> Outcome { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
