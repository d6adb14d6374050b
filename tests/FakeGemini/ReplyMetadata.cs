namespace GeminiChat.Fakes;

/// <summary>What every event of a reply repeats, and the tokens that it counts up.</summary>
internal sealed class ReplyMetadata(RecordedRequest request)
{
    public string ModelVersion { get; set; } = request.Model;

    public string ResponseId { get; } = "fake-" + request.Number;

    public int PromptTokens { get; } =
        request.Turns.Sum(turn => TokenCounter.Count(turn.Text)) + TokenCounter.Count(request.System ?? string.Empty);

    public int AnswerTokens { get; private set; }

    public int ThoughtTokens { get; private set; }

    public void Count(ReplyChunk piece)
    {
        var tokens = TokenCounter.Count(piece.Text ?? string.Empty);
        AnswerTokens += piece.IsThought ? 0 : tokens;
        ThoughtTokens += piece.IsThought ? tokens : 0;
    }
}
