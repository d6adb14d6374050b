using System.Text.Json.Nodes;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>What the API document says about the events of a reply: their schemas, and the descriptions of the routes that stream them.</summary>
internal static class ReplyEvents
{
    public static EventStreamDescription Events { get; } = new(
        "ReplyEvent",
        "The data of an event of a reply's stream. Ignore events of other types: there can be more.",
        EventDescription.Of("accepted", "AcceptedEvent", "The message is stored, and the reply to it begins or waits.", MessageExamples.Accepted),
        new("thought", "ThoughtEvent", typeof(TextEvent), "The next piece of the model's thinking.", () => new JsonObject { ["text"] = MessageExamples.Thoughts }),
        new("token", "TokenEvent", typeof(TextEvent), "The next piece of the reply.", () => new JsonObject { ["text"] = MessageExamples.Answer }),
        new("reset", "ResetEvent", typeof(ResetEvent), "Forget text and thoughts: they begin anew.", () => new JsonObject { ["attempt"] = 2 }),
        new(
            "html",
            "HtmlEvent",
            typeof(HtmlEvent),
            "With `render=html`, a change of the reply's HTML.",
            () => new JsonObject { ["block"] = 0, ["keep"] = 0, ["html"] = $"<p>{MessageExamples.Answer}</p>\n", ["blocks"] = 1 }),
        EventDescription.Of("done", "DoneEvent", "The whole reply: completed, stopped or incomplete. It is the last event.", MessageExamples.Finished),
        EventDescription.Of(
            "failed",
            nameof(FailedEvent),
            "The reply failed, or the session or room is gone. It is the last event.",
            new FailedEvent(MessageError.ToProblem(EndReasons.ModelUnavailable).ToBody(MessageExamples.Path))),
        EventDescription.Reconnect);

    public const string ReconnectDescription = """
        When the stream breaks, the client sends the same request again, with `Last-Event-ID`, to an address or with an `Accept` that gives
        an event stream. With the same `Idempotency-Key`, the stream of the reply continues after that event. Without a key, a post or an
        edit with the content of the room's newest message continues the stream of that message's reply, and a regenerate continues the
        stream of the reply that replaced the named one. No second reply is started.
        """;

    /// <summary>On routes that only have an event stream.</summary>
    public static string StreamRouteDescription { get; } = Describe(
        """
        | `html` | with `render=html`, `{block, keep, html, blocks}`: a change of the reply's HTML | |
        | `failed` | `{problem}`, problem details: the reply failed, or the session or room is gone | as `done`, if the reply failed |
        """) + HtmlDescription;

    private const string HtmlDescription = """


        The HTML of a reply is a list of blocks: paragraphs, lists, code blocks and so on. An `html` event changes one of them: block number
        `block` is the first `keep` UTF-16 code units of what it was, and `html` after them. Then there are `blocks` blocks: forget those
        behind them. `reset` clears the list. A new connection sends all blocks again, as changes of an empty list: what is equal to what the
        client has needs no work. HTML comes a little later than its text. At the end, the blocks joined are the `content_html` of `done`.
        If the server has too much to render at once, changes come late, and `content_html` may be absent: show the text then. A user has HTML in
        four streams at a time; others have the text only.
        """;

    /// <summary>On routes that have other formats too.</summary>
    public static string MixedRouteDescription { get; } = Describe(
        "| `error` | problem details without the name of the event: the reply failed, or the session or room is gone | as `done`, if the reply failed |");

    private static string Describe(string failure) => $$"""
        Server-sent events, each with JSON in `data`, whose `type` is the name of the event:

        | event | data, besides `type` | id |
        |---|---|---|
        | `accepted` | both messages and the place in the queue | `<attempt>-0` |
        | `thought` | `{text}`: the next piece of the model's thinking | `<attempt>-<offset>` |
        | `token` | `{text}`: the next piece of the reply | `<attempt>-<offset>` |
        | `reset` | `{attempt}`: forget text and thoughts, they begin anew | `<attempt>-0` |
        | `done` | the whole message: `completed`, `stopped` or `incomplete` | `<attempt>-<offset>-end` |
        {{failure}}
        | `reconnect` | nothing: the server is leaving, or the access token has expired; attach again with the last id and a valid token | |

        The texts of the tokens since the last `reset`, joined, are the content, exactly. The same holds for the thoughts, which come
        before or between tokens. Send ids back as they came: their form can change. Ignore events of other names: there can be more.
        A comment comes at least every 15 seconds. To leave the stream does not stop the reply. With the
        `Last-Event-ID` of the last event, the answer is 204 without a body: there is nothing more to come.
        """;

    // EventStreamWriter writes the members of these by itself.
    private sealed record TextEvent(string Text);

    private sealed record ResetEvent(int Attempt);

    /// <summary>A change of the HTML.</summary>
    /// <param name="Block">The changed block of the top level, counted from 0.</param>
    /// <param name="Keep">How much of the block stays, from its start, in UTF-16 code units.</param>
    /// <param name="Html">What follows it in the block.</param>
    /// <param name="Blocks">How many blocks there are; those behind them are gone.</param>
    private sealed record HtmlEvent(int Block, int Keep, string Html, int Blocks);
}
