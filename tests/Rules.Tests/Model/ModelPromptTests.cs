using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Rules.Tests.Model;

public sealed class ModelPromptTests
{
    [Fact]
    public void A_prompt_is_halved_twice_and_then_reduced_to_the_question()
    {
        var prompt = Prompt([.. Enumerable.Range(1, 8).Select(turn => $"turn {turn}")]);

        Assert.Equal(
            ["turn 5..8", "turn 7..8", "", "no more"],
            Enumerable.Range(0, 4).Select(_ => prompt.TryShorten() ? Told(prompt) : "no more"));
        Assert.Equal("why", Assert.Single(prompt.Messages).Text);
    }

    [Fact]
    public void A_prompt_is_halved_by_bytes()
    {
        var prompt = Prompt("turn 1", "turn 2", "turn 3", new string('\u00e9', 40) + " 4");

        Assert.True(prompt.TryShorten());

        Assert.Equal("why", Assert.Single(prompt.Messages).Text);
    }

    [Fact]
    public void A_prompt_without_history_cannot_be_shortened() => Assert.False(Prompt().TryShorten());

    [Fact]
    public void Signed_parts_become_text()
    {
        var reply = new ChatMessage(ChatRole.Assistant,
        [
            PartContents.Create(ReplyPartKind.Thought, "hm", "s1"),
            PartContents.Create(ReplyPartKind.Text, "yes", null),
            PartContents.Create(ReplyPartKind.Text, "", "s2"),
        ]);
        var prompt = new ModelPrompt([new(ChatRole.User, "really?"), reply], new(ChatRole.User, "why"), new ChatOptions());

        Assert.True(prompt.TryRemoveSignatures());

        Assert.Equal("yes", Assert.IsType<TextContent>(Assert.Single(prompt.Messages[1].Contents)).Text);
        Assert.False(prompt.TryRemoveSignatures());
    }

    private static ModelPrompt Prompt(params string[] turns) => new(
        [.. turns.SelectMany(turn => new ChatMessage[] { new(ChatRole.User, turn), new(ChatRole.Assistant, "ok") })],
        new ChatMessage(ChatRole.User, "why"),
        new ChatOptions());

    private static string Told(ModelPrompt prompt)
    {
        var turns = prompt.Messages.SkipLast(1).Where(message => message.Role == ChatRole.User).Select(message => message.Text[^1]).ToList();
        return turns.Count == 0 ? "" : $"turn {turns[0]}..{turns[^1]}";
    }
}
