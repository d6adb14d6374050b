using Orleans.Concurrency;

namespace GeminiChat.Grains.Chatrooms;

/// <inheritdoc cref="IChatroomGrain"/>
/// <remarks>
/// Reentrant, since no call may wait behind a commit or a reader's long poll. What must be in order has one owner. The part
/// Posting has one commit under way at a time, <see cref="TurnPump"/> one turn. The way of a message can be read in the
/// parts Posting (wait for a commit) and Acceptance (store), and in <see cref="TurnPump"/> (take it in order, store its end)
/// and <see cref="TurnRunner"/> (call the model).
/// </remarks>
[Reentrant]
internal sealed partial class ChatroomGrain(ChatroomServices services) : Grain, IChatroomGrain
{
    // Longer than any silence of the model. Orleans does not count a call of the model as use of the activation.
    private static readonly TimeSpan DeactivationDelay = TimeSpan.FromMinutes(10);

    private RoomKey _key;
    private IUserGrain _user = null!;
    private RoomNoticePublisher _notices = null!;
    private Room? _room;
    private RoomSettingsWriter? _settings;
    private TurnPump? _pump;
    private Task<CreateRoomOutcome?>? _creation;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = RoomKey.Parse(this.GetPrimaryKeyString());
        _user = GrainFactory.User(_key.UserId);
        _notices = new RoomNoticePublisher(_key, _user, services);
        if (await services.Rooms.Load(_key, services.Options.TailMessages) is { } stored)
        {
            Open(stored);
            _ = NotifyUserGrainOrLog(stored.Row.Summary);
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _room?.Deactivate();
        if (_pump is { } pump)
        {
            await pump.StopAsync().WaitAsync(cancellationToken);
            pump.Dispose();
            _settings?.Dispose();
        }

        await _notices.WhenSent().WaitAsync(cancellationToken);
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
                DeactivateIfAbsent();
            }
        }

        if (_room!.Row.CreationFingerprint != createdAs)
        {
            return new CreateRoomOutcome.AlreadyExists();
        }

        // Also for a repeat: the call before may have failed before it told the user's grain.
        await NotifyUserGrain(_room.Row.Summary);
        return new CreateRoomOutcome.Created(_room.Row.Summary);
    }

    public async Task<UpdateRoomOutcome> Update(RoomPatch patch)
    {
        if (_settings is null)
        {
            return Absent<UpdateRoomOutcome>() ?? new UpdateRoomOutcome.RoomAbsent();
        }

        ThrowIfSuperseded();
        var outcome = await _settings.Update(patch);
        if (outcome is UpdateRoomOutcome.Updated updated)
        {
            // Also for a repeat: the call before may have failed before it told the user's grain.
            _notices.Renamed(updated.Room);
            await NotifyUserGrain(updated.Room);
        }

        return outcome;
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
            // A room is woken for a pending reply. One that is not known here was accepted by another activation, so the
            // next activation reads it.
            DeactivateOnIdle();
        }
    }

    public async Task<RoomMessage?> Stop(long replyId)
    {
        if (_room is null)
        {
            return Absent<RoomMessage>();
        }

        ThrowIfSuperseded();
        if (_room.FindPendingTurn(replyId) is { } turn)
        {
            return await UnlessDeleted(_pump!.StopTurn(turn));
        }

        return await Find(_room, replyId) is { Sender: Sender.Ai } finished ? finished : null;
    }

    private void Open(StoredRoom stored)
    {
        var room = new Room(_key, stored, services);
        _settings = new RoomSettingsWriter(room, services);
        var runner = new TurnRunner(this, _key, services, new ModelSelector(_user, services), _notices);
        _pump = new TurnPump(this, room, services, _settings, runner);
        _room = room;
        _pump.Start();
    }

    private async Task<CreateRoomOutcome?> StoreNew(NewRoom room, string createdAs)
    {
        try
        {
            var (stored, refusal) = await RoomCreation.Store(_key, room, createdAs, _user, services);
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
        DeactivateIfAbsent();
        return null;
    }

    /// <summary>A key without a row keeps no activation.</summary>
    private void DeactivateIfAbsent()
    {
        if (_room is null && _creation is null)
        {
            DeactivateOnIdle();
        }
    }
}
