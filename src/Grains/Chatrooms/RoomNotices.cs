using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Tells the owner's devices what happens in a room, in order. Nothing waits for it, and it sends nothing while nobody
/// listens. Runs on the activation's scheduler.
/// </summary>
/// <remarks>
/// It asks before it sends, and after the change is durable: whoever begins to listen after it was told no finds the
/// change by reading.
/// </remarks>
/// <param name="room">The room.</param>
/// <param name="user">Its owner.</param>
/// <param name="parts">What rooms share.</param>
internal sealed partial class RoomNotices(RoomKey room, IUserGrain user, ChatroomServices parts)
{
    private const int MostWaiting = 256;

    private readonly Signal _idle = new();
    private List<Notice> _waiting = [];
    private bool _isSending;

    public void Created(RoomSummary summary) => Add(new Notice.RoomCreated(summary));

    public void Renamed(RoomSummary summary) => Add(new Notice.RoomRenamed(summary));

    public void Deleted() => Add(new Notice.RoomDeleted(room.RoomId));

    public void Queued(RoomSummary summary, long replyId, int position) =>
        Add(new Notice.ReplyQueued(room.RoomId, summary.Version, summary.UpdatedAt, replyId, position));

    public void Generating(long replyId) => Add(new Notice.ReplyGenerating(room.RoomId, replyId));

    public void Finished(RoomSummary summary, RoomMessage reply) =>
        Add(new Notice.ReplyFinished(room.RoomId, summary.Version, summary.UpdatedAt, reply.Id, reply.Status));

    /// <summary>Completes when nothing is left to send.</summary>
    public Task Sent() => _isSending ? _idle.Next : Task.CompletedTask;

    private void Add(Notice notice)
    {
        // What goes beyond is lost; the user's grain notices, and has the readers reload.
        if (_waiting.Count < MostWaiting)
        {
            _waiting.Add(notice);
        }

        if (!_isSending)
        {
            _isSending = true;
            Detached.Run(SendAll);
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
                    await parts.Notices.NoticesOf(room.UserId).OnNextBatchAsync(batch);
                }
            }
            catch (Exception failure)
            {
                Log.NotSent(parts.Logger, failure, batch.Count, room.RoomId);
            }
        }

        _isSending = false;
        _idle.Pulse();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Count} notices of room {RoomId} were not sent; who listens is told to reload")]
        public static partial void NotSent(ILogger logger, Exception exception, int count, Guid roomId);
    }
}
