using System.Text.Json.Nodes;

namespace GeminiChat.Fakes;

/// <content>What a model does beside writing. What a tool gives goes out only to callers that asked for the tool.</content>
public sealed partial record Script
{
    /// <summary>
    /// A whole answer after a search: the words, one event each, and the end. What it rests on comes with two events:
    /// with one on the way a part of it, with the last one all.
    /// </summary>
    public static Script Grounded(string text, Grounding grounding)
    {
        string[] words = [.. WordsOf(text)];
        var half = words.Length / 2;
        var some = (grounding with { Supports = [] }).ToJson(text);
        return Chunks(words[..half])
            .Then(Event(new ReplyChunk { Text = string.Empty, Grounding = some }))
            .Then(Chunks(words[half..]))
            .Then(Event(new ReplyChunk { Text = string.Empty, IsSigned = true, FinishReason = "STOP", Grounding = grounding.ToJson(text) }));
    }

    /// <summary>Pages that the model read, each with its status: <c>SUCCESS</c>, <c>ERROR</c>, <c>PAYWALL</c> or <c>UNSAFE</c>.</summary>
    /// <param name="tokens">What the model read of them.</param>
    /// <param name="pages">The pages.</param>
    public static Script PagesRead(int tokens, params (string Url, string Status)[] pages)
    {
        var metadata = pages.Select(page =>
            new JsonObject { ["retrievedUrl"] = page.Url, ["urlRetrievalStatus"] = "URL_RETRIEVAL_STATUS_" + page.Status });
        return Event(new ReplyChunk
        {
            Text = string.Empty,
            UrlContext = new JsonObject { ["urlMetadata"] = new JsonArray([.. metadata]) },
            ToolTokens = tokens,
        });
    }

    /// <summary>Python code that the model ran, and what came of it.</summary>
    public static Script CodeRun(string code, string output, string outcome = "OUTCOME_OK") =>
        Event(PartOf("executableCode", new() { ["id"] = "code-1", ["language"] = "PYTHON", ["code"] = code }))
            .Then(Event(PartOf("codeExecutionResult", new() { ["id"] = "code-1", ["outcome"] = outcome, ["output"] = output })));

    /// <summary>A call of a function, asked for or not. The first one of a reply is signed.</summary>
    public static Script FunctionCall(string name, JsonObject? args = null) =>
        Event(PartOf("functionCall", new() { ["id"] = "call-1", ["name"] = name, ["args"] = args ?? [] }) with { IsSigned = true });

    private static ReplyChunk PartOf(string kind, JsonObject value) => new() { Part = new JsonObject { [kind] = value } };
}
