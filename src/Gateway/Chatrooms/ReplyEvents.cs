using System.Text.Json.Nodes;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>The events of a reply, for the OpenAPI document.</summary>
internal static class ReplyEvents
{
    public static EventStreamDescription Description { get; } = new(
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
