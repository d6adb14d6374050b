using System.Net.ServerSentEvents;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A room whose model fails.</summary>
internal sealed class ModelFaultRoom(ChatUser user, string id, FakeGemini gemini, int callsBefore)
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
    public async Task AssertFailed((SseItem<string> Last, string Text, JsonElement Reply) end, string reason, int calls)
    {
        Assert.Equal(("error", "1-0-end"), (end.Last.EventType, end.Last.EventId));
        Assert.Equal(("failed", reason, ""), (end.Reply.Status(), end.Reply.Reason(), end.Reply.Content()));
        Assert.Equal(calls, Calls);
        Assert.DoesNotContain(FakeGemini.Key, end.Reply.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(FakeGemini.Key, end.Last.Data, StringComparison.Ordinal);
        await AssertNextTurnWorks(["user next"]);
    }

    /// <summary>The reply has kept its text and says that it is not whole; the room goes on.</summary>
    public async Task AssertIncomplete((SseItem<string> Last, string Text, JsonElement Reply) end, string reason, string text, IReadOnlyList<string> nextContext)
    {
        Assert.Equal("done", end.Last.EventType);
        Assert.Equal(("incomplete", reason, text), (end.Reply.Status(), end.Reply.Reason(), end.Reply.Content()));
        Assert.Equal("""{"type":"done",""" + end.Reply.ToString()[1..], end.Last.Data);
        Assert.Equal(text, end.Text);
        Assert.Equal(1, Calls);
        await AssertNextTurnWorks(nextContext);
    }

    private async Task AssertNextTurnWorks(IReadOnlyList<string> nextContext)
    {
        var (_, text, reply) = await Ask("next");
        Assert.Equal(("completed", "well again"), (reply.Status(), text));
        Assert.Equal(nextContext, gemini.Calls.Requests[^1].Turns.Select(turn => $"{turn.Role} {turn.Text}"));
    }
}
