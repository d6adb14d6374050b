using GeminiChat.Fakes;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Tests.Gemini;

public sealed class GeminiReplyTests
{
    [Fact]
    public async Task A_reply_is_streamed_in_the_chunks_it_was_sent_in()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Words("The sky is blue"));

        var heard = await pair.Ask();

        // After the words come the signature of the reply, and its end.
        Assert.Equal(["The", " sky", " is", " blue", "", ""], heard.Updates.Select(update => update.Text));
        Assert.Equal(ChatFinishReason.Stop, heard.Last.FinishReason);
        Assert.All(heard.Updates, update => Assert.Equal(ChatRole.Assistant, update.Role));
    }

    [Fact]
    public async Task Each_chunk_is_delivered_before_the_next_one_is_sent()
    {
        var hold = new ControlledReply();
        await using var pair = await GeminiTestHarness.Start(hold.Script);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);

        foreach (var text in new[] { "one", " two", " three" })
        {
            var next = updates.MoveNextAsync();
            await hold.SendText(text);
            Assert.True(await next);
            Assert.Equal(text, updates.Current.Text);
        }

        var last = updates.MoveNextAsync();
        await hold.Finish();
        Assert.True(await last);
        Assert.Equal("", updates.Current.Text);
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal(ChatFinishReason.Stop, updates.Current.FinishReason);
    }

    [Fact]
    public async Task The_last_update_has_the_token_usage_of_the_whole_reply()
    {
        await using var pair = await GeminiTestHarness.Start(
            Script.Thought("let me think").Then(Script.Words("two words")).WithModelVersion("gemini-other"));

        var heard = await pair.Ask("three words here");

        var usage = Assert.Single(heard.Last.Contents.OfType<UsageContent>()).Details;
        Assert.Equal(3, usage.InputTokenCount);
        Assert.Equal(5, usage.OutputTokenCount);
        Assert.Equal(3, usage.ReasoningTokenCount);
        Assert.Equal(8, usage.TotalTokenCount);
        Assert.Equal("gemini-other", heard.Last.ModelId);
    }

    [Fact]
    public async Task Thoughts_are_never_shown()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Thought("secret").Then(Script.Words("shown")));

        Assert.Equal("shown", (await pair.Ask()).Text);
    }

    [Fact]
    public async Task The_updates_of_a_reply_combine_to_one_message()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Words("one two three"));

        var response = await pair.Client.GetResponseAsync("hi", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("one two three", Assert.Single(response.Messages).Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal(3, response.Usage?.OutputTokenCount - response.Usage?.ReasoningTokenCount.GetValueOrDefault());
        Assert.Equal((1, response.Usage?.InputTokenCount + response.Usage?.OutputTokenCount), (response.Usage?.InputTokenCount, response.Usage?.TotalTokenCount));
        Assert.Equal("gemini-3.8-flash", response.ModelId);
    }

    [Theory]
    [InlineData("STOP", "stop")]
    [InlineData("MAX_TOKENS", "length")]
    [InlineData("CONTINUATION", "length")]
    [InlineData("SAFETY", "content_filter")]
    [InlineData("RECITATION", "content_filter")]
    [InlineData("BLOCKLIST", "content_filter")]
    [InlineData("PROHIBITED_CONTENT", "content_filter")]
    [InlineData("SPII", "content_filter")]
    [InlineData("LANGUAGE", "content_filter")]
    [InlineData("IMAGE_SAFETY", "content_filter")]
    [InlineData("IMAGE_OTHER", "content_filter")]
    [InlineData("MALFORMED_FUNCTION_CALL", "tool_calls")]
    [InlineData("UNEXPECTED_TOOL_CALL", "tool_calls")]
    [InlineData("TOO_MANY_TOOL_CALLS", "tool_calls")]
    [InlineData("OTHER", "other")]
    [InlineData("MALFORMED_RESPONSE", "other")]
    [InlineData("INVENTED_TOMORROW", "other")]
    public async Task Every_finish_reason_is_mapped(string reason, string finish)
    {
        await using var pair = await GeminiTestHarness.Start(Script.Chunks("some text").Then(Script.Finish(reason)));

        var heard = await pair.Ask();

        Assert.Equal("some text", heard.Text);
        Assert.Equal(new ChatFinishReason(finish), heard.Last.FinishReason);
    }

    [Fact]
    public async Task A_withheld_reply_has_its_block_reason()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Withheld("SAFETY"));

        var heard = await pair.Ask();

        Assert.Equal(string.Empty, heard.Text);
        Assert.Equal(ChatFinishReason.ContentFilter, heard.Last.FinishReason);
        Assert.Equal("SAFETY", heard.Last.AdditionalProperties?["blockReason"]);
    }

    [Fact]
    public async Task A_refused_prompt_has_its_block_reason()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Blocked("PROHIBITED_CONTENT"));

        var heard = await pair.Ask();

        Assert.Equal(ChatFinishReason.ContentFilter, heard.Last.FinishReason);
        Assert.Equal("PROHIBITED_CONTENT", heard.Last.AdditionalProperties?["blockReason"]);
    }

    [Fact]
    public async Task A_normal_finish_has_no_block_reason()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Words("fine"));

        Assert.Null((await pair.Ask()).Last.AdditionalProperties);
    }

    [Fact]
    public async Task A_continuation_is_a_reply_cut_at_its_length()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Chunks("begun").Then(Script.Continuation()));

        Assert.Equal(ChatFinishReason.Length, (await pair.Ask()).Last.FinishReason);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Text_that_is_cut_within_a_character_arrives_whole(int bytes)
    {
        const string text = "héllo 😀 שלום 你好";
        await using var pair = await GeminiTestHarness.Start(Script.Words(text).Sliced(bytes));

        Assert.Equal(text, (await pair.Ask()).Text);
    }

    [Fact]
    public async Task A_compressed_answer_streams_too()
    {
        var hold = new ControlledReply();
        await using var pair = await GeminiTestHarness.Start(hold.Script.Gzipped());
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);

        var next = updates.MoveNextAsync();
        await hold.SendText("one");
        Assert.True(await next);
        Assert.Equal("one", updates.Current.Text);

        var last = updates.MoveNextAsync();
        await hold.Finish();
        Assert.True(await last);
        Assert.Equal("", updates.Current.Text);
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal(ChatFinishReason.Stop, updates.Current.FinishReason);
    }

    [Fact]
    public async Task Comments_and_unknown_fields_are_ignored()
    {
        var script = Script.Noise()
            .Then(Script.Event(new ReplyChunk { Text = "one", HasUnknownFields = true }))
            .Then(Script.Noise())
            .Then(Script.Finish());
        await using var pair = await GeminiTestHarness.Start(script);

        Assert.Equal("one", (await pair.Ask()).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public async Task A_plain_JSON_body_is_a_reply_in_one_chunk(string end)
    {
        const string body = """{"candidates":[{"content":{"parts":[{"text":"one"}]},"finishReason":"STOP"}]}""";
        await using var pair = await GeminiTestHarness.Start(Script.Raw(body + end));

        var heard = await pair.Ask();

        Assert.Equal("one", heard.Text);
        Assert.Equal(ChatFinishReason.Stop, heard.Last.FinishReason);
    }

    [Fact]
    public async Task A_surrogate_pair_split_over_two_chunks_is_joined()
    {
        const string half = "data: {{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"a\\n{0}\"}}]}}}}]}}\n\n";
        var script = Script.Raw(string.Format(half, "\\ud83d")).Then(Script.Raw(string.Format(half, "\\ude00")));
        await using var pair = await GeminiTestHarness.Start(script.Then(Script.Finish()));

        Assert.Equal("a\n\ud83da\n\ude00", (await pair.Ask()).Text);
    }

    [Fact]
    public async Task A_connection_that_breaks_after_the_finish_reason_is_ignored()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Words("whole").Then(Script.ConnectionClosed()));

        var heard = await pair.Ask();

        Assert.Equal("whole", heard.Text);
        Assert.Equal(ChatFinishReason.Stop, heard.Last.FinishReason);
    }
}
