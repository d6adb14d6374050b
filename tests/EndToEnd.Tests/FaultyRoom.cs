using System.Net.ServerSentEvents;
using System.Text.Json;
using GeminiChat.Played;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A room whose model fails.</summary>
internal sealed class FaultyRoom(ChatUser user, string id, PlayedGemini gemini, int callsBefore)
{
    public ChatUser User => user;

    public string Id => id;

    public int Calls => gemini.Calls.Total - callsBefore;

    /// <summary>Asks, reads the events to their end, and returns the last one with the stored reply.</summary>
    public async Task<(SseItem<string> Last, string Text, JsonElement Reply)> Ask(string question = "why?")
    {
        var events = await user.Ask(id, question);
        var reply = events[0].Json().GetProperty("reply").Id();
        return (events[^1], events.Text(), await user.Get($"/chatroom/{id}/message/{reply}"));
    }

    /// <summary>The reply has failed, without text; the room goes on, and the model is told nothing of it.</summary>
    public async Task Failed((SseItem<string> Last, string Text, JsonElement Reply) end, string reason, int calls)
    {
        Assert.Equal(("error", "1-0-end"), (end.Last.EventType, end.Last.EventId));
        Assert.Equal(("failed", reason, ""), (end.Reply.Status(), end.Reply.Reason(), end.Reply.Content()));
        Assert.Equal(calls, Calls);
        Assert.DoesNotContain(PlayedGemini.Key, end.Reply.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(PlayedGemini.Key, end.Last.Data, StringComparison.Ordinal);
        await GoesOn(["user next"]);
    }

    /// <summary>The reply has kept its text and says that it is not whole; the room goes on.</summary>
    public async Task Incomplete((SseItem<string> Last, string Text, JsonElement Reply) end, string reason, string text, IReadOnlyList<string> toldNext)
    {
        Assert.Equal("done", end.Last.EventType);
        Assert.Equal(("incomplete", reason, text), (end.Reply.Status(), end.Reply.Reason(), end.Reply.Content()));
        Assert.Equal(end.Reply.ToString(), end.Last.Json().ToString());
        Assert.Equal(text, end.Text);
        Assert.Equal(1, Calls);
        await GoesOn(toldNext);
    }

    private async Task GoesOn(IReadOnlyList<string> toldNext)
    {
        var (_, text, reply) = await Ask("next");
        Assert.Equal(("completed", "well again"), (reply.Status(), text));
        Assert.Equal(toldNext, gemini.Calls.Requests[^1].Turns.Select(turn => $"{turn.Role} {turn.Text}"));
    }
}
