namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>
/// The pending replies of this process's silo. A gateway that hosts the silo reads their text here, without a grain call for
/// each piece. Thread-safe.
/// </summary>
public interface ILiveReplies
{
    /// <summary>Finds a pending reply; null when it is not pending, or not in this process.</summary>
    ILiveReply? Find(RoomKey room, long replyId);
}

/// <summary>A pending reply. Thread-safe.</summary>
public interface ILiveReply
{
    /// <summary>Waits for text after a cursor, as <see cref="IChatroomGrain.Follow"/> does, but without a timeout.</summary>
    /// <returns>
    /// Null when the activation that owns the reply has given it up. Then call <see cref="IChatroomGrain.Follow"/>.
    /// </returns>
    Task<ReplyProgress?> ReadAsync(ReplyCursor from, CancellationToken cancellationToken);
}
