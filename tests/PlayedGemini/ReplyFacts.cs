namespace GeminiChat.Played;

/// <summary>What every event of a reply repeats, and the tokens that it counts up.</summary>
internal sealed class ReplyFacts(PlayedRequest request)
{
    public string ModelVersion { get; set; } = request.Model;

    public string ResponseId { get; } = "played-" + request.Number;

    public int PromptTokens { get; } =
        request.Turns.Sum(turn => Tokens.In(turn.Text)) + Tokens.In(request.System ?? string.Empty);

    public int AnswerTokens { get; private set; }

    public int ThoughtTokens { get; private set; }

    public void Count(Piece piece)
    {
        var tokens = Tokens.In(piece.Text ?? string.Empty);
        AnswerTokens += piece.IsThought ? 0 : tokens;
        ThoughtTokens += piece.IsThought ? tokens : 0;
    }
}
