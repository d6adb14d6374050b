namespace GeminiChat.Grains.Chatrooms;

/// <summary>Reads thoughts and text of a reply after a cursor, in the order in which the model sent them.</summary>
internal static class ReplyProgressReader
{
    /// <summary>Reads a reply that is being written.</summary>
    /// <param name="draft">The reply.</param>
    /// <param name="visible">How much of it readers may see.</param>
    /// <param name="from">The cursor.</param>
    /// <param name="attempt">The attempt of the reply.</param>
    /// <returns>Null when there is nothing after the cursor.</returns>
    public static ReplyProgress? Read(ReplyDraft draft, int visible, ReplyCursor from, int attempt)
    {
        var piece = Find(draft.Parts, draft.Length, from, attempt);
        if (!(piece.IsThought ? draft.Thoughts : draft.Text).IsBoundary(piece.Offset))
        {
            piece = Start(draft.Parts);
        }

        if (piece.Start < visible)
        {
            var text = (piece.IsThought ? draft.Thoughts : draft.Text).Slice(piece.Offset, Math.Min(piece.Length, visible - piece.Start));
            return Progress(piece, text, attempt, end: null);
        }

        return piece.IsReset ? Progress(piece, "", attempt, end: null) : null;
    }

    /// <summary>Reads a finished reply.</summary>
    public static ReplyProgress Read(RoomMessage finished, ReplyCursor from)
    {
        var (content, thoughts, length) = (finished.Content, finished.Thoughts ?? "", finished.GetEnd().Offset);
        ReadOnlySpan<ReplyPart> parts = finished.Parts.IsDefault ? [new(ReplyPartKind.Text, content.Length)] : finished.Parts.AsSpan();
        var piece = Find(parts, length, from, finished.Attempt);
        if (!ReplyText.IsBoundary(piece.Offset, piece.IsThought ? thoughts : content))
        {
            piece = Start(parts);
        }

        var target = piece.IsThought ? thoughts : content;
        var end = piece.Offset + piece.Length;
        var text = target[piece.Offset..(ReplyText.IsBoundary(end, target) ? end : end - 1)];
        return Progress(piece, text, finished.Attempt, piece.Start + text.Length == length ? finished : null);
    }

    private static ReplyProgress Progress(Piece piece, string text, int attempt, RoomMessage? end) => new(
        new(attempt, piece.Start + text.Length), piece.IsReset, piece.IsThought ? "" : text, end, piece.IsThought ? text : "");

    // Finds what follows a cursor. A cursor of another attempt, or at a place that does not exist, gets the beginning.
    private static Piece Find(ReadOnlySpan<ReplyPart> parts, int length, ReplyCursor from, int attempt)
    {
        var first = FirstPosition(parts);
        var isKnown = from.Attempt == attempt && (from.Offset >= first || from.Offset == 0) && from.Offset <= length;
        return isKnown ? FindAt(parts, Math.Max(first, from.Offset)) : Start(parts);
    }

    private static Piece Start(ReadOnlySpan<ReplyPart> parts) => FindAt(parts, FirstPosition(parts)) with { IsReset = true };

    private static int FirstPosition(ReadOnlySpan<ReplyPart> parts) =>
        parts is [{ Kind: ReplyPartKind.Discarded } discarded, ..] ? discarded.Length : 0;

    // Adjacent parts of one kind are read together.
    private static Piece FindAt(ReadOnlySpan<ReplyPart> parts, int start)
    {
        var (end, texts, thoughts) = (0, 0, 0);
        Piece? found = null;
        foreach (var part in parts)
        {
            var isThought = part.Kind is ReplyPartKind.Thought;
            if (found is { } piece && part.Length > 0 && piece.IsThought != isThought)
            {
                break;
            }

            if (found is null && part.Kind is not ReplyPartKind.Discarded && end + part.Length > start)
            {
                found = new Piece(start, Length: 0, isThought, start - end + (isThought ? thoughts : texts), IsReset: false);
            }

            end += part.Length;
            thoughts += isThought ? part.Length : 0;
            texts += isThought || part.Kind is ReplyPartKind.Discarded ? 0 : part.Length;
        }

        return found is { } next
            ? next with { Length = Math.Min(end - start, IChatroomGrain.MaxChunkLength) }
            : new Piece(start, Length: 0, IsThought: false, Offset: texts, IsReset: false);
    }

    /// <summary>Something to read.</summary>
    /// <param name="Start">Its place in thoughts and text together.</param>
    /// <param name="Length">Its length, at most one chunk; 0 at the end.</param>
    /// <param name="IsThought">Whether it is a thought.</param>
    /// <param name="Offset">Its place in the thoughts or in the text.</param>
    /// <param name="IsReset">Whether it replaces what was read before.</param>
    private readonly record struct Piece(int Start, int Length, bool IsThought, int Offset, bool IsReset);
}
