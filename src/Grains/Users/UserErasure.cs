namespace GeminiChat.Grains.Users;

/// <summary>
/// Erases what is left of a deleted user, step by step; each step may be repeated. Runs on the activation's scheduler,
/// detached from every call: the number's grain, the subscription's and the rooms' call the user's while this waits for
/// them.
/// </summary>
/// <remarks>
/// After some failures it gives up. The user's row is then still there, and has the next recovery pass begin again.
/// </remarks>
internal sealed partial class UserErasure(Guid userId, IUserStore store, IGrainFactory grains, TimeProvider time, ILogger logger)
{
    private const int MaxAttempts = 5;
    private const int RoomBatchSize = 16;

    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(250);

    private bool _isStopping;

    /// <summary>Called at each try: calls to others do not count as use of the activation.</summary>
    public required Action KeepAlive { get; init; }

    /// <summary>Called when nothing runs any more.</summary>
    public required Action OnCompleted { get; init; }

    /// <summary>Whether it is at work.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Makes sure that it is at work. Safe to repeat.</summary>
    public void Start()
    {
        if (!IsRunning && !_isStopping)
        {
            IsRunning = true;
            FireAndForget.Run(Run);
        }
    }

    /// <summary>No further step begins: the activation is leaving.</summary>
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
            OnCompleted();
        }
    }

    /// <summary>Whether nothing is left to do here.</summary>
    private async Task<bool> TryErase()
    {
        KeepAlive();
        try
        {
            return await Erase();
        }
        catch (Exception failure)
        {
            Log.NotErased(logger, failure, userId);
            return false;
        }
    }

    private async Task<bool> Erase()
    {
        if (await store.FindNumberOfDeletedUser(userId) is not { } number)
        {
            return true;
        }

        await ReleaseNumber(number);
        await grains.Subscription(userId).EndForDeletedUser();
        await DeleteRooms();
        if (_isStopping)
        {
            return false;
        }

        await grains.UserSecurity(userId).Erase();
        var isErased = await store.Erase(userId);
        if (isErased)
        {
            Log.Erased(logger, userId);
        }

        return isErased;
    }

    private async Task ReleaseNumber(string number)
    {
        var secret = await grains.NumberSecret().Get();
        var key = PhoneKey.Of(secret.AsSpan(), number);

        // Before the number can have another user.
        await store.MoveToFormerUsage(userId, key, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        await grains.Phone(key).Release(userId);
    }

    private async Task DeleteRooms()
    {
        foreach (var some in (await store.LoadRooms(userId)).Chunk(RoomBatchSize))
        {
            if (_isStopping)
            {
                return;
            }

            await Task.WhenAll(some.Select(room => grains.Chatroom(new RoomKey(userId, room.Id)).Delete()));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Deleted user {UserId} has been erased")]
        public static partial void Erased(ILogger logger, Guid userId);

        [LoggerMessage(LogLevel.Warning, "Deleted user {UserId} could not be erased yet; it is tried again")]
        public static partial void NotErased(ILogger logger, Exception exception, Guid userId);
    }
}
