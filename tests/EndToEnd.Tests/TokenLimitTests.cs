using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Conversations that are longer than the model reads, or than they seem to be.</summary>
[Collection<SharedModelFaultGateway>]
public sealed class TokenLimitTests(ModelFaultFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task A_conversation_over_the_models_token_limit_is_sent_with_less_history()
    {
        var room = await NewRoom();
        foreach (var question in new[] { "q1", "q2", "q3", "q4" })
        {
            await room.Ask(question);
        }

        Gemini.EnqueueReplies(Script.TooLong());
        var (_, text, _) = await room.Ask("q5");
        Assert.Equal("ok", text);
        Assert.Equal(["9", "5: q3 q4 q5"], [ContextOfCall(^2)[..1], ContextOfCall(^1)]);

        Gemini.EnqueueReplies([.. Enumerable.Repeat(Script.TooLong(), 3)]);
        await room.Ask("q6");
        Assert.Equal("1: q6", ContextOfCall(^1));

        Gemini.EnqueueReplies([.. Enumerable.Repeat(Script.TooLong(), 4)]);
        var (last, _, reply) = await room.Ask("q7");
        Assert.Equal(("failed", "too_long", "error"), (reply.Status(), reply.Reason(), last.EventType));
        Assert.Equal("1: q7", ContextOfCall(^1));
        Assert.False(last.Json().GetProperty("retryable").GetBoolean());

        Assert.Equal("ok", (await room.Ask("q8")).Text);
    }

    [Fact]
    public async Task Token_counts_of_the_model_correct_the_rooms_estimate()
    {
        // A token has two bytes here, and not four: two such questions are more than 256 tokens, one is not.
        var words = string.Join(' ', Enumerable.Repeat('a', 170));
        var room = await NewRoom();
        await room.Ask(words);
        await room.Ask(words);
        Assert.Equal($"1: {words}", ContextOfCall(^1));

        await room.Ask("short");
        Assert.Equal($"3: {words} short", ContextOfCall(^1));
    }

    /// <summary>How many turns a call was told, and the questions among them.</summary>
    private string ContextOfCall(Index call)
    {
        var turns = Gemini.Calls.Requests[call].Turns;
        return $"{turns.Count}: {string.Join(' ', turns.Where(turn => turn.Role == "user").Select(turn => turn.Text))}";
    }
}
