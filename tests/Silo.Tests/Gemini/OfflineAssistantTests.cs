using GeminiChat.Silo.Gemini;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Silo.Tests.Gemini;

public sealed class OfflineAssistantTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task The_offline_assistant_says_what_it_is_and_how_to_configure_Gemini()
    {
        var response = await Answer(new ChatMessage(ChatRole.User, "hello"));

        Assert.Contains("offline assistant, not Gemini", response.Text, StringComparison.Ordinal);
        Assert.Contains("GEMINI_API_KEY", response.Text, StringComparison.Ordinal);
        Assert.Equal("offline-assistant", response.ModelId);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Null(response.Usage);
        Assert.Single(response.Messages);
    }

    [Fact]
    public async Task The_offline_assistant_quotes_the_question_and_counts_the_messages()
    {
        var response = await Answer(
            new(ChatRole.System, "be kind"),
            new(ChatRole.User, "first"),
            new(ChatRole.Assistant, "second"),
            new(ChatRole.User, "What is the weather?"));

        Assert.Contains("“What is the weather?”", response.Text, StringComparison.Ordinal);
        Assert.Contains("3 messages", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_message_is_quoted_in_part_without_splitting_a_character()
    {
        var response = await Answer(new ChatMessage(ChatRole.User, new string('x', 79) + "😀 and more"));

        Assert.Contains(new string('x', 79) + "…", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_offline_assistant_streams_word_by_word_with_a_delay()
    {
        await using var updates = new OfflineAssistant(_time)
            .GetStreamingResponseAsync([new(ChatRole.User, "hi")], cancellationToken: TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);

        var first = updates.MoveNextAsync();
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(await first);
        Assert.Equal("I", updates.Current.Text);

        var second = updates.MoveNextAsync();
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(await second);
        Assert.Equal(" am", updates.Current.Text);
    }

    private async Task<ChatResponse> Answer(params ChatMessage[] messages)
    {
        using var assistant = new OfflineAssistant(_time);
        var answering = assistant.GetResponseAsync(messages, cancellationToken: TestContext.Current.CancellationToken);
        while (!answering.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        return await answering;
    }
}
