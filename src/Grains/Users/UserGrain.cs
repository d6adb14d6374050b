using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Grains.Users;

/// <inheritdoc cref="IUserGrain"/>
internal sealed partial class UserGrain(
    IUserStore store,
    IFileStore files,
    IMessageSearch messages,
    IOptions<TierOptions> tiers,
    SiloShutdown shutdown,
    TimeProvider time,
    ILogger<UserGrain> logger) : Grain, IUserGrain
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    private readonly RoomDirectory _rooms = new(time);
    private UserProfile? _profile;
    private DateTimeOffset _checkedAt;
    private bool _isChecking;
    private int _searches;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = this.GetPrimaryKey();
        _erasure = new UserErasure(this, store, GrainFactory, time, logger);
        _profile = await store.Load(id);
        _rooms.Merge(await store.LoadRooms(id));
        ApplyGrant((await LoadQuota(time.GetUtcNow())).Grant);
        _checkedAt = time.GetUtcNow();
    }

    public async Task EnsureCreated(VerifiedUser user)
    {
        // A sign-up never replaces an existing password.
        var setsPassword = user.PasswordHash is { Length: > 0 } && !await HasPassword();
        if (_profile is not null && !setsPassword)
        {
            return;
        }

        var now = time.GetUtcNowToMillisecond();
        var profile = _profile ?? new UserProfile(this.GetPrimaryKey(), user.Name, user.MobileNumber, now);
        profile = profile with { Name = user.Name ?? profile.Name };
        if (!await Save(profile))
        {
            DeactivateIfAbsent();
            return;
        }

        // This step is the last one, so that a retry after a crash in between still finds the sign-up's data to apply.
        if (setsPassword)
        {
            await (await Security()).SetFirstPassword(user.PasswordHash!);
        }

        _profile = profile;
    }

    public async Task<bool> EnsureCreatedForIdentity(IdentityUser user)
    {
        if (_profile is not null)
        {
            return true;
        }

        var profile = new UserProfile(
            this.GetPrimaryKey(), user.Name, user.MobileNumber, time.GetUtcNowToMillisecond(), IdentityKey: user.IdentityKey);
        if (!await Save(profile))
        {
            DeactivateIfAbsent();
            return false;
        }

        _profile = profile;
        return true;
    }

    private async Task<bool> HasPassword() =>
        _profile is not null && (await (await Security()).GetCredentials())?.PasswordHash is { Length: > 0 };

    public async Task<UserProfile?> Rename(string? name)
    {
        DeactivateIfAbsent();
        if (_profile is null)
        {
            return null;
        }

        var profile = _profile with { Name = name };
        return _profile = await this.DeactivateOnFailure(store.Save(profile)) ? profile : null;
    }

    public Task<UserProfile?> GetProfile()
    {
        DeactivateIfAbsent();
        return Task.FromResult(RefreshProfile());
    }

    public Task<RoomList> ListRooms()
    {
        DeactivateIfAbsent();
        if (_profile is null)
        {
            return Task.FromResult(new RoomList([]));
        }

        _ = CheckRoomsIfDue();
        return Task.FromResult(_rooms.List());
    }

    public async Task<SearchOutcome> Search(MessageSearch search)
    {
        DeactivateIfAbsent();
        if (_profile is null)
        {
            return new SearchOutcome.UserAbsent();
        }

        if (_searches == IUserGrain.MaxSearches)
        {
            return new SearchOutcome.TooManySearches();
        }

        _searches++;
        try
        {
            return await messages.Search(this.GetPrimaryKey(), search);
        }
        finally
        {
            _searches--;
        }
    }

    public Task<RoomReservation> ReserveRoom(Guid roomId)
    {
        DeactivateIfAbsent();
        return Task.FromResult(
            _profile is null ? RoomReservation.UserAbsent
            : _rooms.Reserve(roomId) ? RoomReservation.Reserved
            : RoomReservation.TooManyRooms);
    }

    public Task<bool> RoomChanged(RoomSummary room, ImmutableArray<Notice> notices)
    {
        var isFollowed = !room.IsTemporary && Buffer() is not null;
        if (isFollowed && !_rooms.IsDeleted(room.Id))
        {
            Notify(room, notices.IsDefault ? [] : notices);
        }

        _rooms.Merge([room]);
        return Task.FromResult(isFollowed);
    }

    public Task RoomDeleted(Guid roomId)
    {
        if (_rooms.Remove(roomId))
        {
            Notify(new Notice.RoomDeleted(roomId));
        }

        return Task.CompletedTask;
    }

    internal void DeactivateIfAbsent()
    {
        if (_profile is null && !_erasure.IsRunning)
        {
            DeactivateOnIdle();
        }
    }

    /// <summary>
    /// Checks the list against the rows. A change whose caller never got a response is in the rows, and shows within a
    /// minute.
    /// </summary>
    private async Task CheckRoomsIfDue()
    {
        if (_isChecking || time.GetUtcNow() - _checkedAt < CheckInterval)
        {
            return;
        }

        _isChecking = true;
        try
        {
            var before = _rooms.Ids();
            var stored = await store.LoadRooms(this.GetPrimaryKey());
            if (stored.Any(room => !room.IsTemporary && _rooms.IsChange(room)))
            {
                Notify(new Notice.Reload());
            }

            foreach (var gone in _rooms.Reconcile(before, stored))
            {
                Notify(new Notice.RoomDeleted(gone));
            }
        }
        catch (Exception outage)
        {
            Log.NotChecked(logger, outage, this.GetPrimaryKey());
        }

        _checkedAt = time.GetUtcNow();
        _isChecking = false;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The room list of user {UserId} could not be checked; retrying in a minute")]
        public static partial void NotChecked(ILogger logger, Exception exception, Guid userId);
    }
}
