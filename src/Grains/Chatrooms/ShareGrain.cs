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
            return AnswerRepeat(known, room, share);
        }

        if (share.ExpiresAt <= Now)
        {
            return new CreateShareOutcome.AlreadyExpired();
        }

        if (await GrainFactory.Chatroom(room).GetBranch(last: null) is not { } branch)
        {
            return new CreateShareOutcome.RoomAbsent();
        }

        if (branch.IsPending)
        {
            return new CreateShareOutcome.ReplyPending();
        }

        if (branch.GetHead() is not { } last)
        {
            return new CreateShareOutcome.RoomEmpty();
        }

        var created = new RoomShare(share.Id, share.TokenHash, room, last, branch.Room.Name, share.CreatedAt, share.ExpiresAt);
        return await shares.Create(created) ? new CreateShareOutcome.Created(created) : await ExplainRefusal(room, share);
    }

    public Task<ImmutableArray<RoomShare>?> List(RoomKey room) => shares.List(room, Now);

    public Task<bool> End(RoomKey room, Guid shareId) => shares.End(room, shareId, Now);

    public Task<RoomShare?> Find(string tokenHash) => shares.FindByToken(tokenHash, Now);

    private async Task<CreateShareOutcome> ExplainRefusal(RoomKey room, NewShare share) =>
        await shares.Find(share.Id) is { } other ? AnswerRepeat(other, room, share)
        : await shares.List(room, Now) is null ? new CreateShareOutcome.RoomAbsent()
        : new CreateShareOutcome.TooManyShares();

    // Ids come from callers, so another room's share is not shown.
    private CreateShareOutcome AnswerRepeat(RoomShare known, RoomKey room, NewShare share) =>
        known.Room != room ? new CreateShareOutcome.RoomAbsent()
        : known.IsEnded || known.ExpiresAt <= Now ? new CreateShareOutcome.Ended()
        : known.ExpiresAt != share.ExpiresAt ? new CreateShareOutcome.KeyReused()
        : new CreateShareOutcome.Created(known);
}
