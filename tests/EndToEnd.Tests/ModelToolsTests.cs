using System.Net;
using System.Runtime.Versioning;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A gateway whose models may run code and read pages, and whose users can choose a model.</summary>
public sealed class ModelToolsGateway : GatewayFixture
{
    protected override (string Name, string Value)[] Settings =>
        [("GEMINI_MODELS", "gemini-2.5-flash"), ("GEMINI_CODE_EXECUTION", "true"), ("GEMINI_URL_CONTEXT", "true"), ("GEMINI_SAFETY", "BLOCK_ONLY_HIGH")];
}

/// <summary>What a reply was made with, and what came beside its text, also after kill -9.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ModelToolsTests(ModelToolsGateway gateway) : GatewayTests(gateway), IClassFixture<ModelToolsGateway>
{
    [Fact]
    public async Task After_kill_9_a_reply_is_made_with_what_it_was_accepted_with()
    {
        var room = await NewRoom();
        Gemini.EnqueueReplies(Script.Chunks("half an ans").Then(Script.Silence()));
        var body = new { content = "why?", model = "gemini-2.5-flash", thinking = "low", search = true };
        using var accepted = await room.User.Send(HttpMethod.Post, $"/chatroom/{room.Id}/message", body);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await Gemini.Calls.WaitForRunning(1);

        await Gateway.Kill();
        await Gateway.Restart();
        await room.User.WaitForReply(room.Id, 2);

        Assert.Equal(2, Calls.Count);
        foreach (var call in Calls)
        {
            Assert.Equal(("gemini-2.5-flash", "googleSearch urlContext codeExecution"), (call.Model, string.Join(' ', call.Tools)));
            Assert.Equal("""{"includeThoughts":true,"thinkingBudget":1024}""", call.ThinkingConfig!.Value.GetRawText());
            Assert.Equal(4, call.Body.GetProperty("safetySettings").GetArrayLength());
        }
    }

    [Fact]
    public async Task Code_is_a_block_in_the_text_and_is_told_to_the_model_as_it_came_also_after_kill_9()
    {
        const string Code = "print('```')\n";
        var room = await NewRoom();
        Gemini.EnqueueReplies(Script.Thought("Let me see.").Then(Script.Chunks("I compute.")).Then(Script.CodeRun(Code, "```\n")).Then(Script.Words("It is this.")));
        var (_, text, reply) = await room.Ask();
        Assert.Equal($"I compute.\n````python\n{Code}\n````\n\n````\n```\n\n````\nIt is this.", text);
        Assert.Equal(text, reply.Content());

        await room.Ask("again");
        var told = Calls[^1].Body.GetProperty("contents")[1].GetRawText();
        Assert.Contains("\"executableCode\":{\"id\":\"code-1\",\"language\":\"PYTHON\",\"code\":\"print('```')\\n\"}", told, StringComparison.Ordinal);
        Assert.Contains("\"codeExecutionResult\":{\"id\":\"code-1\",\"outcome\":\"OUTCOME_OK\",\"output\":\"```\\n\"}", told, StringComparison.Ordinal);
        await Gateway.Kill();
        await Gateway.Restart();
        await room.Ask("once more");
        Assert.Equal(told, Calls[^1].Body.GetProperty("contents")[1].GetRawText());
    }

    [Fact]
    public async Task A_function_call_that_nobody_asked_for_is_an_empty_answer()
    {
        var room = await NewRoom();
        Gemini.EnqueueReplies([.. Enumerable.Repeat(Script.FunctionCall("get_time").Then(Script.Finish()), 4)]);

        var (last, _, reply) = await room.Ask();

        Assert.Equal(("failed", "empty"), (reply.Status(), reply.Reason()));
        Assert.True(last.Json().GetProperty("retryable").GetBoolean());
        Assert.Equal("ok", (await room.Ask("next")).Text);
    }
}
