namespace GeminiChat.Grains.Users;

/// <summary>
/// Erases the data of a deleted user, step by step. Each step may be repeated. Runs on the activation's scheduler,
/// detached from every call: the grains of the number, the subscription and the rooms call the user's grain while the
/// erasure waits for them.
/// </summary>
/// <remarks>
/// The erasure gives up after some failures. The user's row still exists then, so the next recovery pass starts it again.
/// </remarks>
internal sealed partial class UserErasure(UserGrain grain, IUserStore store, IGrainFactory grains, TimeProvider time, ILogger logger)
{
    private const int MaxAttempts = 5;
    private const int RoomBatchSize = 16;

    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(250);

    private readonly Guid _userId = grain.GetPrimaryKey();
    private bool _isStopping;

    public bool IsRunning { get; private set; }

    /// <summary>Starts the erasure unless it is running. Safe to repeat.</summary>
    public void Start()
    {
        if (!IsRunning && !_isStopping)
        {
            IsRunning = true;
            _ = GrainTasks.RunInBackground(Run);
        }
    }

    /// <summary>Prevents further steps, because the activation is shutting down.</summary>
    public void Stop() => _isStopping = true;

    private async Task Run()
    {
        var wait = FirstBackoff;
        for (var tries = 1; !await TryErase() && tries < MaxAttempts && !_isStopping; tries++)
        {
            await Task.Delay(wait, time);
            wait *= 2;
        }

        IsRunning = false;
        if (!_isStopping)
        {
            grain.DeactivateIfAbsent();
        }
    }

    /// <summary>Tries all steps once. Returns whether nothing is left to do.</summary>
    private async Task<bool> TryErase()
    {
        grain.StayActive();
        try
        {
            return await Erase();
        }
        catch (Exception failure)
        {
            Log.NotErased(logger, failure, _userId);
            return false;
        }
    }

    private async Task<bool> Erase()
    {
        if (await store.FindDeletedUser(_userId) is not { IsErased: false } user)
        {
            return true;
        }

        await (user.IdentityKey is { } identity ? ReleaseIdentity(identity, user.DeletedAt) : ReleaseNumber(user.MobileNumber!));
        await grains.Subscription(_userId).EndForDeletedUser();
        await DeleteRooms();
        if (_isStopping)
        {
            return false;
        }

        await grains.UserSecurity(_userId).Erase();
        var isErased = await store.Erase(_userId);
        if (isErased)
        {
            Log.Erased(logger, _userId);
        }

        return isErased;
    }

    private async Task ReleaseNumber(string number)
    {
        var secret = await grains.NumberSecret().Get();
        var key = PhoneKey.Of(secret.AsSpan(), number);

        // This must happen before the number can get another user.
        await KeepUsage(key.ToString());
        await grains.Phone(key).Release(_userId);
    }

    private async Task ReleaseIdentity(string key, DateTimeOffset deletedAt)
    {
        await KeepUsage(key);
        await grains.Identity(IdentityKey.Parse(key)).Release(_userId, deletedAt);
    }

    private Task KeepUsage(string key) =>
        store.MoveToFormerUsage(_userId, key, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));

    private async Task DeleteRooms()
    {
        foreach (var some in (await store.LoadRooms(_userId)).Chunk(RoomBatchSize))
        {
            if (_isStopping)
            {
                return;
            }

            await Task.WhenAll(some.Select(room => grains.Chatroom(new RoomKey(_userId, room.Id)).Delete()));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Deleted user {UserId} has been erased")]
        public static partial void Erased(ILogger logger, Guid userId);

        [LoggerMessage(LogLevel.Warning, "Deleted user {UserId} could not be erased yet; retrying later")]
        public static partial void NotErased(ILogger logger, Exception exception, Guid userId);
    }
}
