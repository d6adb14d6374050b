namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>What a part of the model's response is.</summary>
public enum ReplyPartKind
{
    /// <summary>Text of the reply.</summary>
    Text = 0,

    /// <summary>Text of the model's thinking.</summary>
    Thought = 1,

    /// <summary>Code that the model ran. In the reply's text it is a fenced block.</summary>
    Code = 2,

    /// <summary>The output of that code. In the reply's text it is a fenced block.</summary>
    CodeResult = 3,

    /// <summary>
    /// Thoughts of a call of the model that failed. They are not kept, but some readers have got them, so they count in the cursors.
    /// </summary>
    Discarded = 4,
}

/// <summary>
/// One part of the model's response, without its text: the texts of all parts, in their order, are the reply's content, and those
/// of the thoughts are its thoughts.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">The UTF-16 code units of its text in the content or the thoughts.</param>
/// <param name="Signature">The model's signature, which is sent back with the part; null for none.</param>
/// <param name="Data">Of code and its result, what the text does not show, as the model sent it; null for nothing.</param>
[GenerateSerializer, Immutable, Alias("geminichat.ReplyPart")]
public sealed record ReplyPart(
    [property: Id(0)] ReplyPartKind Kind,
    [property: Id(1)] int Length,
    [property: Id(2)] string? Signature = null,
    [property: Id(3)] string? Data = null)
{
    /// <summary>The code units of what it has beside its text.</summary>
    public int GetSize() => (Signature?.Length ?? 0) + (Data?.Length ?? 0);

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(ReplyPart);
}
