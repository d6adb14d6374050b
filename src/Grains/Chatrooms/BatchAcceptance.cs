using System.Collections.Immutable;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Stores a room's waiting turns: asks the user's grain how many may be, and commits these. One batch at a time, on the
/// activation's scheduler.
/// </summary>
/// <param name="room">The room.</param>
/// <param name="parts">What rooms share.</param>
/// <param name="user">Admits turns.</param>
/// <param name="onAccepted">Called after a commit; the turns are answered when its task completes.</param>
internal sealed partial class BatchAcceptance(
    Room room, ChatroomServices parts, IUserGrain user, Func<Acceptance, Task> onAccepted)
{
    private readonly Screening _screening = new(room, parts.Rooms);
    private Acceptance? _unsure;

    /// <summary>Turns of a commit whose outcome is not known yet.</summary>
    public int UnsureTurns => _unsure?.Turns.Length ?? 0;

    /// <summary>Brings turns to their outcome.</summary>
    /// <returns>Those that are to be tried again.</returns>
    /// <exception cref="InconsistentStateException">The room is another activation's.</exception>
    public async Task<IReadOnlyList<PendingTurn>> Take(IReadOnlyList<PendingTurn> batch)
    {
        using var trace = TurnInstruments.Accepting(batch);
        await BecomeSure();
        var (free, later) = await _screening.WithoutOwed(batch);
        return free.Count == 0 ? later : [.. await AdmitAndCommit(free), .. later];
    }

    private async Task<IReadOnlyList<PendingTurn>> AdmitAndCommit(IReadOnlyList<PendingTurn> batch)
    {
        if (await user.Admit(room.Key.RoomId, batch.Count) is not { } admission)
        {
            // Deleted, and the room is about to be.
            Answer(batch, new PostOutcome.RoomAbsent());
            return [];
        }

        try
        {
            if (admission.Granted == batch.Count)
            {
                return await Commit(batch, admission);
            }

            // A repeat of what has been accepted is never refused, nor does it take another one's place.
            var fresh = await _screening.WithoutRepeats(batch);
            if (fresh.Count < batch.Count)
            {
                await user.Withdraw(room.Key.RoomId);
                return fresh;
            }

            TurnInstruments.Refused(batch.Count - admission.Granted, admission.Usage.Tier);
            Answer(batch.Skip(admission.Granted), new PostOutcome.QuotaExceeded(admission.Usage));
            return admission.Granted == 0 ? [] : await Commit([.. batch.Take(admission.Granted)], admission);
        }
        catch (Exception failure)
        {
            await TryWithdraw(mayBeStored: failure is StoreOutcomeUnknownException);
            throw;
        }
    }

    /// <summary>
    /// Finds out what came of a commit whose outcome is not known, by asking for the same again: it counts now, or it has
    /// counted before, or it never will.
    /// </summary>
    /// <exception cref="InconsistentStateException">The room is another activation's.</exception>
    public async Task BecomeSure()
    {
        if (_unsure is not { } unsure)
        {
            return;
        }

        var isStored = await parts.Rooms.Accept(unsure) || await IsStored(unsure);
        if (!isStored && !await IsOurs(unsure.ExpectedNextId))
        {
            throw TakenOver.Room(room.Key);
        }

        _unsure = null;
        if (isStored)
        {
            room.Accepted(unsure, tier: null);
            await onAccepted(unsure);
            await user.Recount();
        }
    }

    private async Task<IReadOnlyList<PendingTurn>> Commit(IReadOnlyList<PendingTurn> batch, Admission admission)
    {
        var acceptance = Plan(batch, admission);
        if (!await Accept(acceptance))
        {
            return await SortOut(batch, acceptance.ExpectedNextId);
        }

        room.Accepted(acceptance, admission.Usage.Tier);
        var told = onAccepted(acceptance);
        foreach (var (pending, turn) in batch.Zip(acceptance.Turns))
        {
            var accepted = new PostOutcome.Accepted(turn.Message, turn.Reply, room.Position(turn.Reply.Id));
            _ = pending.Answer(accepted, after: told);
        }

        return [];
    }

    private Acceptance Plan(IReadOnlyList<PendingTurn> batch, Admission admission)
    {
        var now = parts.Now();
        var first = room.Row.NextId;
        var turns = ImmutableArray.CreateBuilder<AcceptedTurn>(batch.Count);
        var next = first;
        foreach (var pending in batch)
        {
            turns.Add(pending.Request.Accept(next, now) with { Origin = pending.Origin });
            next = turns[^1].Reply.Id + 1;
        }

        return new Acceptance(room.Key, first, turns.MoveToImmutable(), room.ChangedAt(now), admission.Day, admission.Usage.Limit);
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
    /// A commit that did not count held a key that is stored already, or the day's limit is reached by replies that the
    /// user's grain does not know of, or the room is another activation's by now.
    /// </summary>
    private async Task<IReadOnlyList<PendingTurn>> SortOut(IReadOnlyList<PendingTurn> batch, long expectedNextId)
    {
        await user.Withdraw(room.Key.RoomId);
        var fresh = await _screening.WithoutRepeats(batch);
        if (fresh.Count == batch.Count)
        {
            if (!await IsOurs(expectedNextId))
            {
                throw TakenOver.Room(room.Key);
            }

            await user.Recount();
        }

        return fresh;
    }

    private static void Answer(IEnumerable<PendingTurn> turns, PostOutcome outcome)
    {
        foreach (var pending in turns)
        {
            pending.Answer(outcome);
        }
    }

    private async Task<bool> IsStored(Acceptance unsure)
    {
        var first = unsure.Turns[0];
        return await parts.Rooms.FindTurn(room.Key, first.Key) is { } stored && stored.Reply.Id == first.Reply.Id;
    }

    private async Task<bool> IsOurs(long expectedNextId) =>
        await parts.Rooms.Load(room.Key, tail: 1) is { } stored && stored.Row.NextId == expectedNextId;

    private async Task TryWithdraw(bool mayBeStored)
    {
        try
        {
            await user.Withdraw(room.Key.RoomId);
            if (mayBeStored)
            {
                await user.Recount();
            }
        }
        catch (Exception failure)
        {
            // The user's grain stops waiting for them after a minute.
            Log.NotWithdrawn(parts.Logger, failure, room.Key.RoomId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The user's grain does not know yet that turns of room {RoomId} were not stored")]
        public static partial void NotWithdrawn(ILogger logger, Exception exception, Guid roomId);
    }
}
