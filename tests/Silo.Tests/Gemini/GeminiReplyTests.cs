using GeminiChat.Played;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Tests.Gemini;

public sealed class GeminiReplyTests
{
    [Fact]
    public async Task An_answer_streams_in_the_pieces_it_was_sent_in()
    {
        await using var pair = await GeminiPair.Start(Script.Words("The sky is blue"));

        var heard = await pair.Ask();

        Assert.Equal(["The", " sky", " is", " blue", ""], heard.Updates.Select(update => update.Text));
        Assert.Equal(ChatFinishReason.Stop, heard.Last.FinishReason);
        Assert.All(heard.Updates, update => Assert.Equal(ChatRole.Assistant, update.Role));
    }

    [Fact]
    public async Task Each_piece_is_there_before_the_next_one_is_sent()
    {
        var hold = new Hold();
        await using var pair = await GeminiPair.Start(hold.Script);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);

        foreach (var text in new[] { "one", " two", " three" })
        {
            var next = updates.MoveNextAsync();
            await hold.Say(text);
            Assert.True(await next);
            Assert.Equal(text, updates.Current.Text);
        }

        var last = updates.MoveNextAsync();
        await hold.Finish();
        Assert.True(await last);
        Assert.Equal(ChatFinishReason.Stop, updates.Current.FinishReason);
    }

    [Fact]
    public async Task Only_the_last_update_says_what_the_answer_cost()
    {
        await using var pair = await GeminiPair.Start(
            Script.Thought("let me think").Then(Script.Words("two words")).As("gemini-other"));

        var heard = await pair.Ask("three words here");

        var usage = Assert.Single(heard.Updates.SelectMany(update => update.Contents).OfType<UsageContent>()).Details;
        Assert.Contains(heard.Last.Contents, content => content is UsageContent);
        Assert.Equal(3, usage.InputTokenCount);
        Assert.Equal(5, usage.OutputTokenCount);
        Assert.Equal(3, usage.ReasoningTokenCount);
        Assert.Equal(8, usage.TotalTokenCount);
        Assert.Equal("gemini-other", heard.Last.ModelId);
    }

    [Fact]
    public async Task Thoughts_are_never_shown()
    {
        await using var pair = await GeminiPair.Start(Script.Thought("secret").Then(Script.Words("shown")));

        Assert.Equal("shown", (await pair.Ask()).Text);
    }

    [Fact]
    public async Task The_whole_answer_is_one_message()
    {
        await using var pair = await GeminiPair.Start(Script.Words("one two three"));

        var response = await pair.Client.GetResponseAsync("hi", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("one two three", Assert.Single(response.Messages).Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal(3, response.Usage?.OutputTokenCount - response.Usage?.ReasoningTokenCount.GetValueOrDefault());
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
    public async Task Every_reason_for_ending_has_its_meaning(string reason, string finish)
    {
        await using var pair = await GeminiPair.Start(Script.Chunks("some text").Then(Script.Finish(reason)));

        var heard = await pair.Ask();

        Assert.Equal("some text", heard.Text);
        Assert.Equal(new ChatFinishReason(finish), heard.Last.FinishReason);
    }

    [Fact]
    public async Task An_answer_that_was_withheld_says_why()
    {
        await using var pair = await GeminiPair.Start(Script.Withheld("SAFETY"));

        var heard = await pair.Ask();

        Assert.Equal(string.Empty, heard.Text);
        Assert.Equal(ChatFinishReason.ContentFilter, heard.Last.FinishReason);
        Assert.Equal("SAFETY", heard.Last.AdditionalProperties?["blockReason"]);
    }

    [Fact]
    public async Task A_refused_prompt_says_why()
    {
        await using var pair = await GeminiPair.Start(Script.Blocked("PROHIBITED_CONTENT"));

        var heard = await pair.Ask();

        Assert.Equal(ChatFinishReason.ContentFilter, heard.Last.FinishReason);
        Assert.Equal("PROHIBITED_CONTENT", heard.Last.AdditionalProperties?["blockReason"]);
    }

    [Fact]
    public async Task A_reason_without_a_filter_names_no_block()
    {
        await using var pair = await GeminiPair.Start(Script.Words("fine"));

        Assert.Null((await pair.Ask()).Last.AdditionalProperties);
    }

    [Fact]
    public async Task A_continuation_is_an_answer_that_was_cut_short()
    {
        await using var pair = await GeminiPair.Start(Script.Chunks("begun").Then(Script.Continuation()));

        Assert.Equal(ChatFinishReason.Length, (await pair.Ask()).Last.FinishReason);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Text_that_is_cut_within_a_character_arrives_whole(int bytes)
    {
        const string text = "héllo 😀 שלום 你好";
        await using var pair = await GeminiPair.Start(Script.Words(text).Sliced(bytes));

        Assert.Equal(text, (await pair.Ask()).Text);
    }

    [Fact]
    public async Task A_compressed_answer_streams_too()
    {
        var hold = new Hold();
        await using var pair = await GeminiPair.Start(hold.Script.Zipped());
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);

        var next = updates.MoveNextAsync();
        await hold.Say("one");
        Assert.True(await next);
        Assert.Equal("one", updates.Current.Text);

        var last = updates.MoveNextAsync();
        await hold.Finish();
        Assert.True(await last);
        Assert.Equal(ChatFinishReason.Stop, updates.Current.FinishReason);
    }

    [Fact]
    public async Task Comments_and_what_is_not_known_are_passed_over()
    {
        var script = Script.Noise()
            .Then(Script.Event(new Piece { Text = "one", HasUnknownFields = true }))
            .Then(Script.Noise())
            .Then(Script.Finish());
        await using var pair = await GeminiPair.Start(script);

        Assert.Equal("one", (await pair.Ask()).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public async Task A_plain_JSON_body_is_an_answer_of_one_piece(string end)
    {
        const string body = """{"candidates":[{"content":{"parts":[{"text":"one"}]},"finishReason":"STOP"}]}""";
        await using var pair = await GeminiPair.Start(Script.Raw(body + end));

        var heard = await pair.Ask();

        Assert.Equal("one", heard.Text);
        Assert.Equal(ChatFinishReason.Stop, heard.Last.FinishReason);
    }

    [Fact]
    public async Task Halves_of_a_character_in_two_pieces_join()
    {
        const string half = "data: {{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"a\\n{0}\"}}]}}}}]}}\n\n";
        var script = Script.Raw(string.Format(half, "\\ud83d")).Then(Script.Raw(string.Format(half, "\\ude00")));
        await using var pair = await GeminiPair.Start(script.Then(Script.Finish()));

        Assert.Equal("a\n\ud83da\n\ude00", (await pair.Ask()).Text);
    }

    [Fact]
    public async Task A_connection_that_breaks_after_the_end_was_said_costs_nothing()
    {
        await using var pair = await GeminiPair.Start(Script.Words("whole").Then(Script.Cut()));

        var heard = await pair.Ask();

        Assert.Equal("whole", heard.Text);
        Assert.Equal(ChatFinishReason.Stop, heard.Last.FinishReason);
    }
}
