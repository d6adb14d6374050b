using Orleans.Concurrency;

namespace GeminiChat.Grains.Chatrooms;

/// <inheritdoc cref="IShareGrain"/>
/// <remarks>
/// It is no part of the room's grain: a token names no room, and a call with an unknown token must not activate one.
/// </remarks>
[StatelessWorker, Reentrant]
internal sealed class ShareGrain(IShareStore shares, TimeProvider time) : Grain, IShareGrain
{
    private DateTimeOffset Now => time.GetUtcNowToMillisecond();

    public async Task<CreateShareOutcome> Create(RoomKey room, NewShare share)
    {
        if (await shares.Find(share.Id) is { } known)
        {
            return AnswerRepeat(known, share);
        }

        if (await GrainFactory.Chatroom(room).GetBranch(last: null) is not { } branch)
        {
            return new CreateShareOutcome.RoomAbsent();
        }

        if (branch.IsPending)
        {
            return new CreateShareOutcome.ReplyPending();
        }

        if (branch.GetHead() == 0)
        {
            return new CreateShareOutcome.RoomEmpty();
        }

        var created = new RoomShare(share.Id, share.TokenHash, room, branch.GetHead(), branch.Room.Name, Now, share.ExpiresAt);
        return await shares.Create(created) ? new CreateShareOutcome.Created(created) : await ExplainRefusal(room, share);
    }

    public Task<ImmutableArray<RoomShare>?> List(RoomKey room) => shares.List(room, Now);

    public Task<bool> End(RoomKey room, Guid shareId) => shares.End(room, shareId, Now);

    public Task<RoomShare?> Find(string tokenHash) => shares.FindByToken(tokenHash, Now);

    private async Task<CreateShareOutcome> ExplainRefusal(RoomKey room, NewShare share) =>
        await shares.Find(share.Id) is { } other ? AnswerRepeat(other, share)
        : await shares.List(room, Now) is null ? new CreateShareOutcome.RoomAbsent()
        : new CreateShareOutcome.TooManyShares();

    private CreateShareOutcome AnswerRepeat(RoomShare known, NewShare share) =>
        known.IsEnded || known.ExpiresAt <= Now ? new CreateShareOutcome.Ended()
        : known.ExpiresAt != share.ExpiresAt ? new CreateShareOutcome.KeyReused()
        : new CreateShareOutcome.Created(known);
}

/// <summary>The durable rows of shares. The row of a room takes those of its shares with it when it is deleted.</summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/>. Writes may also throw
/// <see cref="StoreOutcomeUnknownException"/>. They are durable when they complete, and safe to repeat.
/// </remarks>
public interface IShareStore
{
    /// <summary>
    /// Inserts a share; false when its id is known, when the room or the user has been deleted, or when the room has
    /// <see cref="IShareGrain.MaxShares"/>.
    /// </summary>
    Task<bool> Create(RoomShare share);

    /// <summary>Reads a share, also one that has ended; null when there is none.</summary>
    Task<RoomShare?> Find(Guid shareId);

    /// <summary>Reads a share that goes on, of a user who has not been deleted; null when there is none.</summary>
    Task<RoomShare?> FindByToken(string tokenHash, DateTimeOffset now);

    /// <summary>Reads the shares of a room that go on; null when there is no such room.</summary>
    Task<ImmutableArray<RoomShare>?> List(RoomKey room, DateTimeOffset now);

    /// <summary>Ends a share and erases its name; false when there is none.</summary>
    Task<bool> End(RoomKey room, Guid shareId, DateTimeOffset now);

    /// <summary>Removes shares that ended or expired before a time.</summary>
    Task RemoveEnded(DateTimeOffset endedBefore);
}
