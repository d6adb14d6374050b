namespace GeminiChat.Fakes;

/// <summary>What a fake Gemini does in answer to a call. Scripts are made of scripts: <c>a.Then(b)</c>.</summary>
/// <param name="Play">Plays it.</param>
public sealed partial record Script(Func<GeminiExchange, Task> Play)
{
    /// <summary>A whole answer: the words, one event each, and the end.</summary>
    /// <param name="text">The words.</param>
    /// <param name="delay">Before each event but the first.</param>
    public static Script Words(string text, TimeSpan delay = default) =>
        Chunks(delay, [.. WordsOf(text)]).Then(Finish());

    /// <summary>Pieces of an answer that is not over.</summary>
    public static Script Chunks(params string[] texts) => Chunks(TimeSpan.Zero, texts);

    /// <inheritdoc cref="Chunks(string[])"/>
    public static Script Chunks(TimeSpan delay, params string[] texts) => new(async exchange =>
    {
        for (var index = 0; index < texts.Length; index++)
        {
            if (index > 0 && delay > TimeSpan.Zero)
            {
                await exchange.Wait(delay);
            }

            await exchange.SendChunk(new ReplyChunk { Text = texts[index] });
        }
    });

    /// <summary>One event.</summary>
    public static Script Event(ReplyChunk piece) => new(exchange => exchange.SendChunk(piece));

    /// <summary>Thinking aloud, for callers that asked for it. Others are only charged for it.</summary>
    public static Script Thought(string text) => Event(new ReplyChunk { Text = text, IsThought = true });

    /// <summary>
    /// The end of an answer, with a reason: an event with empty text, as the service sends it. At a good end this part has
    /// the signature of the reply, where the model signs.
    /// </summary>
    public static Script Finish(string reason = "STOP") =>
        Event(new ReplyChunk { Text = string.Empty, IsSigned = reason is "STOP", FinishReason = reason });

    /// <summary>The end of an answer whose content was withheld: a candidate without content.</summary>
    public static Script Withheld(string reason = "SAFETY") => Event(new ReplyChunk { FinishReason = reason });

    /// <summary>An answer that is to be continued by another call.</summary>
    public static Script Continuation() =>
        Event(new ReplyChunk { Text = string.Empty, FinishReason = "CONTINUATION", ContinuationToken = "Z28gb24=" });

    /// <summary>A refused prompt.</summary>
    public static Script Blocked(string reason = "SAFETY") => Event(new ReplyChunk { BlockReason = reason });

    /// <summary>Bytes as they are, in a reply.</summary>
    public static Script Raw(string text) => new(exchange => exchange.SendRaw(text));

    /// <inheritdoc cref="Raw(string)"/>
    public static Script Raw(ReadOnlyMemory<byte> bytes) => new(exchange => exchange.SendRaw(bytes));

    /// <summary>A pause.</summary>
    public static Script Pause(TimeSpan delay) => new(exchange => exchange.Wait(delay));

    /// <summary>Plays another script after this one.</summary>
    public Script Then(Script next) => new(async exchange =>
    {
        await Play(exchange);
        await next.Play(exchange);
    });

    /// <summary>Waits before anything is sent, the headers included.</summary>
    public Script After(TimeSpan delay) => Pause(delay).Then(this);

    /// <summary>Sends in slices of some bytes, through the midst of lines and of characters.</summary>
    public Script Sliced(int bytes, TimeSpan pause = default) => With(exchange => exchange.UseSlices(bytes, pause));

    /// <summary>Compresses the reply.</summary>
    public Script Gzipped() => With(exchange => exchange.UseGzip());

    /// <summary>Names another model as the one that answers.</summary>
    public Script WithModelVersion(string modelVersion) => With(exchange => exchange.AnswerAs(modelVersion));

    private Script With(Action<GeminiExchange> change) => new(async exchange =>
    {
        change(exchange);
        await Play(exchange);
    });

    private static IEnumerable<string> WordsOf(string text) =>
        text.Split(' ').Select((word, index) => index == 0 ? word : " " + word);
}
