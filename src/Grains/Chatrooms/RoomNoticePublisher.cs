namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Sends notices about a room to the owner's devices, in order. No call waits for the sending. Nothing is sent while no
/// device follows the notices. Runs on the activation's scheduler.
/// </summary>
/// <remarks>
/// The publisher checks for followers only after the change is durable. So a device that starts to follow later finds the
/// change when it reads.
/// </remarks>
/// <param name="room">The room.</param>
/// <param name="user">The room's owner.</param>
/// <param name="services">The services that the rooms of a silo share.</param>
internal sealed partial class RoomNoticePublisher(RoomKey room, IUserGrain user, ChatroomServices services)
{
    private const int MaxQueued = 256;

    private List<Notice> _waiting = [];
    private Task _sending = Task.CompletedTask;
    private bool _isSending;

    public Guid RoomId => room.RoomId;

    /// <summary>Completes when nothing is left to send.</summary>
    public Task WhenSent() => _sending;

    /// <summary>Sends a notice soon.</summary>
    public void Publish(Notice notice)
    {
        // Further notices are dropped. The user's grain detects this and makes the readers reload.
        if (_waiting.Count < MaxQueued)
        {
            _waiting.Add(notice);
        }

        if (!_isSending)
        {
            _isSending = true;
            _sending = GrainTasks.RunInBackground(SendAll);
        }
    }

    private async Task SendAll()
    {
        while (_waiting.Count > 0)
        {
            var batch = _waiting;
            _waiting = [];
            try
            {
                if (await user.HasFollowers())
                {
                    await services.Notices.GetNoticeStream(room.UserId).OnNextBatchAsync(batch);
                }
            }
            catch (Exception failure)
            {
                Log.NotSent(services.Logger, failure, batch.Count, room.RoomId);
            }
        }

        _isSending = false;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Count} notices of room {RoomId} were not sent; the user's clients are told to reload")]
        public static partial void NotSent(ILogger logger, Exception exception, int count, Guid roomId);
    }
}
