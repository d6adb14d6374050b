namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Tells the owner's grain of the room's changes and notices, in order, one call at a time. What is published during a
/// call is sent together by the next one. Runs on the activation's scheduler.
/// </summary>
/// <param name="room">The room.</param>
/// <param name="user">The room's owner.</param>
/// <param name="services">The services that the rooms of a silo share.</param>
internal sealed partial class RoomNoticePublisher(RoomKey room, IUserGrain user, ChatroomServices services)
{
    private const int MaxWaiting = 256;
    private const int MaxAttempts = 5;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly List<Notice> _waiting = [];
    private RoomSummary? _latest;
    private TaskCompletionSource? _waitingChange;
    private Task _sending = Task.CompletedTask;
    private bool _isFollowed;
    private bool _isStopping;

    public Guid RoomId => room.RoomId;

    // Whether anybody follows is known from the last call. A device that begins to follow later finds in its first read
    // what happened before, and gets what waits with the next change.
    private bool MustSend => _waitingChange is not null || (_isFollowed && _waiting.Count > 0);

    /// <summary>
    /// Publishes a notice that does not change the list of rooms. While nobody follows, it waits for the next change.
    /// </summary>
    public void Publish(Notice notice)
    {
        Add(notice);
        Send();
    }

    /// <summary>Publishes a change of the list of rooms, after it is durable.</summary>
    /// <returns>Completes when the owner's grain knows of the change. Fails when all calls have failed.</returns>
    public Task Publish(RoomSummary change, params ReadOnlySpan<Notice> notices)
    {
        _latest = _latest?.Merge(change) ?? change;
        foreach (var notice in notices)
        {
            Add(notice);
        }

        _waitingChange ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var known = _waitingChange.Task;
        Send();
        return known;
    }

    /// <summary>Ends the repeats of failed calls.</summary>
    /// <returns>Completes when nothing is left to send.</returns>
    public Task StopAsync()
    {
        _isStopping = true;
        return _sending;
    }

    private void Add(Notice notice)
    {
        if (_waiting.Count >= MaxWaiting)
        {
            _waiting.Clear();
            _waiting.Add(new Notice.Reload());
        }

        _waiting.Add(notice);
    }

    private void Send()
    {
        if (_sending.IsCompleted && MustSend)
        {
            _sending = SendWaiting();
        }
    }

    private async Task SendWaiting()
    {
        do
        {
            var change = _waitingChange;
            ImmutableArray<Notice> notices = [.. _waiting];
            _waitingChange = null;
            _waiting.Clear();
            if (await TryCall(notices) is { } failure)
            {
                // The next change carries the reload. Until then there are no further calls.
                _isFollowed = false;
                _waiting.Insert(0, new Notice.Reload());
                change?.SetException(failure);

                // Often nobody waits for the change. Reading the exception keeps it from being reported as unobserved.
                _ = change?.Task.Exception;
            }
            else
            {
                change?.SetResult();
            }
        }
        while (MustSend);
    }

    /// <summary>Calls the owner's grain until a call succeeds.</summary>
    /// <returns>Null, or the last failure.</returns>
    private async Task<Exception?> TryCall(ImmutableArray<Notice> notices)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _isFollowed = await user.RoomChanged(_latest!, notices);
                return null;
            }
            catch (Exception failure)
            {
                Log.CallFailed(services.Logger, failure, room.RoomId);
                if (attempt == MaxAttempts || _isStopping)
                {
                    return failure;
                }
            }

            // The notices may have arrived although the call failed, and none may be sent twice.
            notices = [new Notice.Reload()];
            await Task.Delay(RetryDelay, services.Time);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The user's grain could not be told of a change of room {RoomId}; the user's clients will be told to reload")]
        public static partial void CallFailed(ILogger logger, Exception exception, Guid roomId);
    }
}
