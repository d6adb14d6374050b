using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using Orleans.Concurrency;

namespace GeminiChat.Grains.Chatrooms;

/// <inheritdoc cref="IChatroomGrain"/>
/// <remarks>
/// Reentrant, since no call may wait behind a commit or a reader's long poll. What must be in order is made so by its
/// owner: <see cref="PostQueue"/> has one commit under way at a time, <see cref="TurnPump"/> one turn.
/// </remarks>
[Reentrant]
internal sealed partial class ChatroomGrain(ChatroomServices parts) : Grain, IChatroomGrain
{
    // Longer than any silence of the model. Calls to it do not count as use of the activation.
    private static readonly TimeSpan InUse = TimeSpan.FromMinutes(10);

    private RoomKey _key;
    private IUserGrain _user = null!;
    private RoomNotices _notices = null!;
    private Room? _room;
    private RoomSettings? _settings;
    private PostQueue? _posts;
    private TurnPump? _pump;
    private Task<CreateRoomOutcome?>? _creation;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = RoomKey.Parse(this.GetPrimaryKeyString());
        _user = GrainFactory.User(_key.UserId);
        _notices = new RoomNotices(_key, _user, parts);
        if (await parts.Rooms.Load(_key, parts.Options.TailMessages) is { } stored)
        {
            Open(stored);
            _ = TryTellUser(stored.Row.Summary);
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _room?.Leave();
        if (_pump is { } pump)
        {
            await pump.End().WaitAsync(cancellationToken);
            pump.Dispose();
            _settings?.Dispose();
        }

        await _notices.Sent().WaitAsync(cancellationToken);
    }

    public async Task<CreateRoomOutcome> Create(NewRoom room)
    {
        var createdAs = RoomCreation.Fingerprint(room);
        if (_room is null)
        {
            _creation ??= StoreNew(room, createdAs);
            try
            {
                if (await _creation is { } refusal)
                {
                    return refusal;
                }
            }
            finally
            {
                LeaveIfAbsent();
            }
        }

        if (_room!.Row.CreatedAs != createdAs)
        {
            return new CreateRoomOutcome.Differs();
        }

        // Each time: the one who told the user's grain before may not have been answered.
        await TellUser(_room.Row.Summary);
        return new CreateRoomOutcome.Created(_room.Row.Summary);
    }

    public async Task<RoomView?> Read(int limit, long? before) =>
        _room is null ? Absent<RoomView>() : await _room.View(limit, before);

    public async Task<RoomMessage?> ReadMessage(long messageId)
    {
        if (_room is null)
        {
            return Absent<RoomMessage>();
        }

        return await Find(_room, messageId) is { } message ? _room.Now(message) : null;
    }

    public async Task<PostOutcome> Post(NewMessage message)
    {
        if (_posts is null)
        {
            return Absent<PostOutcome>() ?? new PostOutcome.RoomAbsent();
        }

        ThrowIfLost();
        return await Queue(_posts, new PostRequest(message.Content, message.Key));
    }

    public async Task<PostOutcome> Regenerate(long replyId, string key)
    {
        if (_room is not { } room || _posts is not { } posts)
        {
            return Absent<PostOutcome>() ?? new PostOutcome.RoomAbsent();
        }

        ThrowIfLost();
        return await Find(room, replyId) is { ReplyTo: { } questionId }
            && await room.Conversation.Find(questionId) is { } question
                ? await Queue(posts, new RegenerateRequest(replyId, question, key))
                : new PostOutcome.ReplyAbsent();
    }

    public async Task<ReplyProgress?> Follow(long replyId, ReplyCursor from, CancellationToken cancellationToken)
    {
        var began = parts.Time.GetTimestamp();
        while (_room?.OpenTurn(replyId) is { } turn)
        {
            ThrowIfLost();
            if (ReplyReading.Read(turn, from) is { } progress)
            {
                return progress;
            }

            var left = IChatroomGrain.LongestWait - parts.Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || _isMoving || cancellationToken.IsCancellationRequested)
            {
                return NoNews(from);
            }

            // Ending without news is no error, so it must not cost an exception.
            await turn.News.Next.WaitAsync(left, parts.Time, cancellationToken).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        if (_room is null)
        {
            return Absent<ReplyProgress>();
        }

        var finished = await Find(_room, replyId);
        return finished is { Sender: Sender.Ai } ? ReplyReading.Read(finished, from) : null;
    }

    public async Task<RoomMessage?> Stop(long replyId)
    {
        if (_room is null)
        {
            return Absent<RoomMessage>();
        }

        ThrowIfLost();
        if (_room.OpenTurn(replyId) is { } turn)
        {
            return await StopOpen(turn);
        }

        return await Find(_room, replyId) is { Sender: Sender.Ai } finished ? finished : null;
    }

    public async Task<UpdateRoomOutcome> Update(RoomPatch patch)
    {
        if (_settings is null)
        {
            return Absent<UpdateRoomOutcome>() ?? new UpdateRoomOutcome.RoomAbsent();
        }

        ThrowIfLost();
        var outcome = await _settings.Update(patch);
        if (outcome is UpdateRoomOutcome.Updated updated)
        {
            // Each time: the one who told the user's grain before may not have been answered.
            _notices.Renamed(updated.Room);
            await TellUser(updated.Room);
        }

        return outcome;
    }

    public async Task Wake()
    {
        LeaveIfAbsent();
        if (_posts is not null)
        {
            await _posts.BecomeSure();
        }

        _pump?.Start();
        if (parts.Drain.Leaving.IsCancellationRequested)
        {
            MoveIfLeaving();
        }
        else if (_pump is { IsRunning: false })
        {
            // Whoever wakes a room has seen a reply that is owed. One that is not known here was accepted by another
            // activation: the next one reads it.
            DeactivateOnIdle();
        }
    }

    private void Open(StoredRoom stored)
    {
        var room = new Room(_key, stored, parts);
        _settings = new RoomSettings(room, parts);
        var runner = new TurnRunner(_key, parts, new ModelChoice(_user, parts), _notices, () => DelayDeactivation(InUse));
        _pump = new TurnPump(room, parts, _settings, runner, OnEnded, MoveIfLeaving, GiveUp);
        _posts = new PostQueue(room, parts, new BatchAcceptance(room, parts, _user, OnAccepted));
        _room = room;
        _pump.Start();
    }

    private async Task<CreateRoomOutcome?> StoreNew(NewRoom room, string createdAs)
    {
        try
        {
            var (stored, refusal) = await RoomCreation.Store(_key, room, createdAs, _user, parts);
            if (stored is not null)
            {
                Open(stored);
                _notices.Created(stored.Row.Summary);
            }

            return refusal;
        }
        finally
        {
            _creation = null;
        }
    }

    private T? Absent<T>()
        where T : class
    {
        LeaveIfAbsent();
        return null;
    }

    /// <summary>A key without a row keeps no activation.</summary>
    private void LeaveIfAbsent()
    {
        if (_room is null && _creation is null)
        {
            DeactivateOnIdle();
        }
    }
}
