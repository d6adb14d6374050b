using System.Collections.Concurrent;

namespace GeminiChat.Running.Chaos;

/// <summary>What clients know of a room: what they asked for, and what came of it.</summary>
public sealed class RoomHistory(ChatUser user, string id, string marker)
{
    private readonly ConcurrentQueue<string> _log = new();

    public ChatUser User => user;

    public string Id => id;

    /// <summary>The room's system prompt, which tells its calls of the model from those of all other rooms.</summary>
    public string Marker => marker;

    /// <summary>Set before its deletion is asked for.</summary>
    public bool IsBeingDeleted { get; set; }

    /// <summary>Accepted posts and edits by their keys.</summary>
    public ConcurrentDictionary<string, AcceptedPost> Posts { get; } = new();

    /// <summary>Accepted regenerations by their keys: the id of the new reply.</summary>
    public ConcurrentDictionary<string, long> Regenerations { get; } = new();

    /// <summary>
    /// Keys of posts and regenerations whose last answer was 404. An earlier try may have been accepted before the room was
    /// deleted.
    /// </summary>
    public ConcurrentDictionary<string, bool> UnknownOutcomes { get; } = new();

    /// <summary>Replies as readers have put them together from their streams.</summary>
    public ConcurrentQueue<(long Reply, string Text)> ReadReplies { get; } = new();

    /// <summary>Replies whose stop was answered, with the text that was kept.</summary>
    public ConcurrentQueue<(long Reply, string Text)> StoppedReplies { get; } = new();

    public IEnumerable<string> Log => _log;

    public long[] Replies => [.. Posts.Values.Select(post => post.Reply), .. Regenerations.Values];

    public void Note(string what) => _log.Enqueue(what);
}

/// <summary>A post or an edit that was accepted.</summary>
/// <param name="Content">What it says.</param>
/// <param name="Message">The new message.</param>
/// <param name="Reply">The reply to it.</param>
/// <param name="Edited">For an edit, the message that it is a new version of.</param>
public sealed record AcceptedPost(string Content, long Message, long Reply, long? Edited = null);
