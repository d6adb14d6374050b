using Orleans.Concurrency;

namespace GeminiChat.Grains.Chatrooms;

/// <inheritdoc cref="IChatroomGrain"/>
/// <remarks>
/// The grain is reentrant, because no call may wait behind a commit or a reader's long poll. Each thing that must stay in
/// order has one owner: the part Posting runs one commit at a time, and <see cref="TurnPump"/> runs one turn at a time.
/// To follow a message, read the parts Posting (waits for a commit) and Acceptance (stores the turn), then
/// <see cref="TurnPump"/> (takes turns in order and stores their end) and <see cref="TurnRunner"/> (calls the model).
/// </remarks>
[Reentrant]
internal sealed partial class ChatroomGrain(ChatroomServices services) : Grain, IChatroomGrain
{
    // Longer than the model may be silent. Orleans does not count a call of the model as use of the activation.
    private static readonly TimeSpan DeactivationDelay = TimeSpan.FromMinutes(10);

    private RoomKey _key;
    private IUserGrain _user = null!;
    private RoomNoticePublisher _notices = null!;
    private ReplyOptionsResolver _optionsResolver = null!;
    private Room? _room;
    private RoomSettingsWriter? _settings;
    private TurnPump? _pump;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = RoomKey.Parse(this.GetPrimaryKeyString());
        _user = GrainFactory.User(_key.UserId);
        _notices = new RoomNoticePublisher(_key, _user, services);
        _optionsResolver = new ReplyOptionsResolver(services.Models, _user);
        if (await services.Rooms.Load(_key, services.Options.Value.TailMessages) is { } stored)
        {
            Open(stored);
            _ = _notices.Publish(stored.Row.Summary);
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _room?.Deactivate(StaleActivation.ForRoom(_key));
        if (_pump is { } pump)
        {
            await pump.StopAsync().WaitAsync(cancellationToken);
            pump.Dispose();
            _settings?.Dispose();
        }

        await _notices.StopAsync().WaitAsync(cancellationToken);
    }

    public async Task Wake()
    {
        DeactivateIfAbsent();
        if (_room is not null)
        {
            await ResolveUnknownCommitUnlessCommitting(_room);
        }

        _pump?.Start();
        if (services.Shutdown.Stopping.IsCancellationRequested)
        {
            MigrateIfStopping();
        }
        else if (_pump is { IsRunning: false })
        {
            // A room is woken because it has a pending reply. If this activation does not know the reply, another
            // activation accepted it. The next activation reads it from the store.
            DeactivateOnIdle();
        }
    }

    public async Task<RoomMessage?> Stop(long replyId)
    {
        DeactivateIfAbsent();
        if (_room is null)
        {
            return null;
        }

        ThrowIfStale();
        if (_room.FindPendingTurn(replyId) is { } turn)
        {
            return await UnlessDeleted(_pump!.StopTurn(turn));
        }

        return await Find(_room, replyId) is { Sender: Sender.Ai } finished ? _room.GetCurrent(finished) : null;
    }

    /// <summary>Notifies the user's grain and devices that the end of a turn is stored.</summary>
    internal void TurnEnded(RoomSummary room, RoomMessage reply, bool isTitled)
    {
        var finished = new Notice.ReplyFinished(room.Id, room.Version, room.UpdatedAt, reply.Id, reply.Status);
        _ = isTitled ? _notices.Publish(room, new Notice.RoomRenamed(room), finished) : _notices.Publish(room, finished);
    }

    /// <summary>Keeps the activation alive while a turn runs, for longer than the model may be silent.</summary>
    internal void StayActive() => DelayDeactivation(DeactivationDelay);

    private void Open(StoredRoom stored)
    {
        var room = new Room(_key, stored, services);
        _settings = new RoomSettingsWriter(room, services);
        var runner = new TurnRunner(this, _key, _user, services, _notices);
        _pump = new TurnPump(this, room, services, _settings, runner);
        _room = room;
        _pump.Start();
    }

    /// <summary>Deactivates if the room has no row, so that an unknown key keeps no activation in memory.</summary>
    private void DeactivateIfAbsent()
    {
        if (_room is null && _creation is not { IsCompleted: false })
        {
            DeactivateOnIdle();
        }
    }
}
