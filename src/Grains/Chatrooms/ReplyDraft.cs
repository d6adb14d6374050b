using System.Runtime.InteropServices;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// The text and the thoughts of a reply while it is being written, and the parts in which the model sent them. Not thread-safe.
/// </summary>
/// <remarks>
/// Readers get thoughts and text in the order of the parts. Their cursor counts both. <see cref="ReplyReading"/> reads a finished
/// reply in the same way.
/// </remarks>
/// <param name="maxBytes">Maximum UTF-8 bytes of the text, and of the thoughts. What goes beyond is dropped.</param>
internal sealed class ReplyDraft(int maxBytes)
{
    // Each one is stored. Parts beyond this number are joined, without their signatures.
    private const int MaxParts = 1000;

    private readonly List<ReplyPart> _parts = [];

    public ReplyText Text { get; private set; } = new(maxBytes);

    public ReplyText Thoughts { get; private set; } = new(maxBytes);

    /// <summary>The parts so far. Their lengths count what readers can see.</summary>
    public ReadOnlySpan<ReplyPart> Parts => CollectionsMarshal.AsSpan(_parts);

    /// <summary>What readers can see: the sum of the parts' lengths.</summary>
    public int Length { get; private set; }

    /// <summary>Adds a part of the response.</summary>
    public void Append(ReplyPartKind kind, string text, string? signature = null, string? data = null)
    {
        var target = kind is ReplyPartKind.Thought ? Thoughts : Text;
        var before = target.Length;
        target.Append(text);
        AddPart(new ReplyPart(kind, target.Length - before, signature, data));
    }

    /// <summary>Ends the text and the thoughts.</summary>
    public void Complete()
    {
        Complete(ReplyPartKind.Thought, Thoughts);
        Complete(ReplyPartKind.Text, Text);
    }

    /// <summary>
    /// Removes what a failed call of the model sent. No reader has seen text, but thoughts. So the cursors of the next call's
    /// response are higher than those that readers have.
    /// </summary>
    public void Discard()
    {
        (Text, Thoughts) = (new ReplyText(maxBytes), new ReplyText(maxBytes));
        _parts.Clear();
        if (Length > 0)
        {
            _parts.Add(new ReplyPart(ReplyPartKind.Discarded, ++Length));
        }
    }

    private void Complete(ReplyPartKind kind, ReplyText target)
    {
        var before = target.Length;
        target.Complete();
        AddPart(new ReplyPart(kind, target.Length - before));
    }

    private void AddPart(ReplyPart part)
    {
        Length += part.Length;
        if (part is { Length: 0, Signature: null, Data: null })
        {
            return;
        }

        // Two parts without signatures are one. A part with a signature must be sent back as it came.
        if (_parts is [.., { Data: null } last] && last.Kind == part.Kind
            && (_parts.Count >= MaxParts || (part is { Signature: null, Data: null } && last.Signature is null)))
        {
            _parts[^1] = last with { Length = last.Length + part.Length, Signature = null };
            return;
        }

        _parts.Add(part);
    }
}
