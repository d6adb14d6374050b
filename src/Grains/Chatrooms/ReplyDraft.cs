using System.Runtime.InteropServices;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// The text and the thoughts of a reply while it is being written, and the parts in which the model sent them. Not thread-safe.
/// </summary>
/// <remarks>
/// Readers get thoughts and text in the order of the parts. Their cursor counts both. <see cref="ReplyProgressReader"/> reads a finished
/// reply in the same way.
/// </remarks>
/// <param name="maxBytes">Maximum UTF-8 bytes of the text, and of the thoughts. What goes beyond is dropped.</param>
internal sealed class ReplyDraft(int maxBytes)
{
    // Each part is stored. Beyond these limits parts are joined without their signatures, and thoughts are dropped.
    private const int MaxParts = 1000;
    private const int MaxSize = 256 * 1024;

    private readonly List<ReplyPart> _parts = [];
    private int _size;

    public ReplyText Text { get; private set; } = new(maxBytes);

    public ReplyText Thoughts { get; private set; } = new(maxBytes);

    /// <summary>The parts so far. Their lengths count what readers can see.</summary>
    public ReadOnlySpan<ReplyPart> Parts => CollectionsMarshal.AsSpan(_parts);

    /// <summary>What readers can see: the sum of the parts' lengths.</summary>
    public int Length { get; private set; }

    /// <summary>Adds a part of the response.</summary>
    public void Append(ReplyPartKind kind, string text, string? signature = null, string? data = null)
    {
        if (kind is ReplyPartKind.Thought && _parts.Count >= MaxParts)
        {
            return;
        }

        var target = kind is ReplyPartKind.Thought ? Thoughts : Text;
        var before = target.Length;
        target.Append(text);
        AddPart(kind, target.Length - before, signature, data);
    }

    /// <summary>Ends the text and the thoughts.</summary>
    public void Complete()
    {
        Complete(ReplyPartKind.Thought, Thoughts);
        Complete(ReplyPartKind.Text, Text);
    }

    /// <summary>
    /// Removes what a failed call of the model sent. Readers have seen none of its text, but perhaps thoughts. So the cursors of the
    /// next call's response are higher than those that readers have.
    /// </summary>
    public void Discard()
    {
        (Text, Thoughts) = (new ReplyText(maxBytes), new ReplyText(maxBytes));
        _parts.Clear();
        _size = 0;
        if (Length > 0)
        {
            _parts.Add(new ReplyPart(ReplyPartKind.Discarded, ++Length));
        }
    }

    private void Complete(ReplyPartKind kind, ReplyText target)
    {
        var before = target.Length;
        target.Complete();
        AddPart(kind, target.Length - before, signature: null, data: null);
    }

    // Two parts without signatures are one. A part with a signature must be sent back as it came.
    private void AddPart(ReplyPartKind kind, int length, string? signature, string? data)
    {
        Length += length;
        var size = (signature?.Length ?? 0) + (data?.Length ?? 0);
        var isFull = _parts.Count >= MaxParts || _size + size > MaxSize;
        (signature, data) = isFull ? (null, null) : (signature, data);
        var isPlain = signature is null && data is null;
        if (length == 0 && isPlain)
        {
            return;
        }

        if (isPlain && _parts is [.., { Data: null } last] && last.Kind == kind && (isFull || last.Signature is null))
        {
            _parts[^1] = last with { Length = last.Length + length, Signature = null };
            return;
        }

        _size += size;
        _parts.Add(new ReplyPart(kind, length, signature, data));
    }
}
