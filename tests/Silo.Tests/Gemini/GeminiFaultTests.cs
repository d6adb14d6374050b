using GeminiChat.Grains.Model;
using GeminiChat.Fakes;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Tests.Gemini;

public sealed class GeminiFaultTests
{
    public static TheoryData<string, ModelFault> StreamFaults => new()
    {
        { "a connection reset", ModelFault.Truncated },
        { "a connection cut", ModelFault.Truncated },
        { "half an event", ModelFault.Truncated },
        { "an end without a reason", ModelFault.Truncated },
        { "half a bare error", ModelFault.Truncated },
        { "a bare error", ModelFault.Unavailable },
        { "a bare error on one line", ModelFault.Unavailable },
        { "a bare error in an array", ModelFault.Unavailable },
        { "an error as an event", ModelFault.Unavailable },
        { "invalid JSON", ModelFault.Protocol },
        { "JSON that is no reply", ModelFault.Protocol },
        { "a huge event", ModelFault.Protocol },
    };

    [Theory]
    [MemberData(nameof(StreamFaults))]
    public async Task A_stream_fault_is_reported_and_the_text_before_it_is_kept(string what, ModelFault fault)
    {
        await using var pair = await GeminiTestHarness.Start(Script.Chunks("one", " two", " three").Then(FaultScript(what)));

        var heard = await pair.Ask();

        Assert.Equal(fault, heard.Fault);
        Assert.Equal("one two three", heard.Text);
        Assert.Equal(1, pair.Fake.Calls.Total);
    }

    [Theory]
    [MemberData(nameof(StreamFaults))]
    public async Task A_stream_fault_after_a_complete_reply_is_ignored(string what, ModelFault fault)
    {
        await using var pair = await GeminiTestHarness.Start(Script.Words("one two").Then(FaultScript(what)));

        var heard = await pair.Ask();

        Assert.True(heard.Exception is null, $"{fault} was told.");
        Assert.Equal(ChatFinishReason.Stop, heard.Last.FinishReason);
        Assert.Equal("one two", heard.Text);
    }

    [Theory]
    [InlineData("data: [DONE]\n\n")]
    [InlineData("[DONE]\n")]
    [InlineData("{\"note\":\"bye\"}\n")]
    [InlineData("data: bye\n\n")]
    public async Task Noise_after_a_complete_reply_is_ignored(string noise)
    {
        await using var pair = await GeminiTestHarness.Start(Script.Words("one two").Then(Script.Raw(noise)));

        var heard = await pair.Ask();

        Assert.Equal(ChatFinishReason.Stop, heard.Last.FinishReason);
        Assert.Equal("one two", heard.Text);
    }

    [Theory]
    [MemberData(nameof(StreamFaults))]
    public async Task A_stream_fault_after_text_that_followed_a_finish_reason_is_reported(string what, ModelFault fault)
    {
        var first = Script.Event(new ReplyChunk { Text = "one", FinishReason = "STOP" });
        var second = Script.Event(new ReplyChunk { Text = " two", FinishReason = "STOP" });
        await using var pair = await GeminiTestHarness.Start(first.Then(second).Then(FaultScript(what)));

        var heard = await pair.Ask();

        // A clean end is the end.
        Assert.Equal(what == "an end without a reason" ? null : fault, heard.Fault);
        Assert.Equal("one two", heard.Text);
    }

    [Fact]
    public async Task Text_after_the_last_finish_reason_makes_the_reply_incomplete()
    {
        var first = Script.Event(new ReplyChunk { Text = "one", FinishReason = "STOP" });
        await using var pair = await GeminiTestHarness.Start(first.Then(Script.Chunks(" two")));

        var heard = await pair.Ask();

        Assert.Equal((ModelFault.Truncated, "one two"), (heard.Fault, heard.Text));
    }

    [Theory]
    [InlineData("FINISH_REASON_UNSPECIFIED")]
    [InlineData("")]
    public async Task An_empty_finish_reason_does_not_end_the_reply(string finish)
    {
        var said = Script.Event(new ReplyChunk { Text = "one", FinishReason = finish });
        await using var pair = await GeminiTestHarness.Start(said);
        pair.Fake.EnqueueReplies(said.Then(Script.Finish()));

        var whole = await pair.Ask();
        var cut = await pair.Ask();

        Assert.Equal(ChatFinishReason.Stop, whole.Last.FinishReason);
        Assert.Equal((ModelFault.Truncated, "one"), (cut.Fault, cut.Text));
    }

    [Fact]
    public async Task A_prompt_is_not_refused_by_an_unspecified_reason()
    {
        await using var pair = await GeminiTestHarness.Start(
            Script.Blocked("BLOCK_REASON_UNSPECIFIED").Then(Script.Words("one")));

        Assert.Equal(ChatFinishReason.Stop, (await pair.Ask()).Last.FinishReason);
    }

    [Fact]
    public async Task An_error_inside_a_stream_is_classified_like_an_error_response()
    {
        await using var pair = await GeminiTestHarness.Start(
            Script.DataError(429, "RESOURCE_EXHAUSTED", Script.Quota("RequestsPerMinute"), Script.RetryInfo("3.5s")));

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.Unavailable, heard.Fault);
        Assert.Equal(TimeSpan.FromSeconds(3.5), heard.Exception?.RetryAfter);
    }

    [Fact]
    public async Task A_bare_JSON_error_is_reported_before_the_connection_ends()
    {
        await using var pair = await GeminiTestHarness.Start(Script.BareError().Then(Script.Silence()));

        Assert.Equal(ModelFault.Unavailable, (await pair.Ask()).Fault);
    }

    [Fact]
    public async Task A_reply_over_the_size_limit_is_ended()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Endless(256 * 1024));

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.Protocol, heard.Fault);
        Assert.True(await Assert.Single(pair.Fake.Calls.Requests).WasClosedByClient.WaitAsync(GeminiCallLog.DefaultTimeout, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_body_with_a_wrong_Content_Encoding_is_a_protocol_fault()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Raw("data: {}\n\n").WithHeader("Content-Encoding", "gzip"));

        Assert.Equal(ModelFault.Protocol, (await pair.Ask()).Fault);
    }

    [Fact]
    public async Task An_empty_body_is_a_truncated_reply()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Raw(string.Empty));

        Assert.Equal(ModelFault.Truncated, (await pair.Ask()).Fault);
    }

    [Fact]
    public async Task Canceling_closes_the_connection()
    {
        var hold = new ControlledReply();
        await using var pair = await GeminiTestHarness.Start(hold.Script);
        using var canceling = new CancellationTokenSource();
        await using var updates = pair.Client
            .GetStreamingResponseAsync([new(ChatRole.User, "hi")], cancellationToken: canceling.Token)
            .GetAsyncEnumerator(canceling.Token);
        var first = updates.MoveNextAsync();
        await hold.SendText("one");
        Assert.True(await first);

        var second = updates.MoveNextAsync();
        await canceling.CancelAsync();

        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await second);
        Assert.Equal(canceling.Token, canceled.CancellationToken);
        Assert.True(await ClosedEarly(pair));
    }

    [Fact]
    public async Task Leaving_the_enumeration_closes_the_connection()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Chunks("one").Then(Script.Silence()));

        await foreach (var update in pair.Stream())
        {
            Assert.Equal("one", update.Text);
            break;
        }

        Assert.True(await ClosedEarly(pair));
    }

    private static Task<bool> ClosedEarly(GeminiTestHarness pair) =>
        Assert.Single(pair.Fake.Calls.Requests).WasClosedByClient
            .WaitAsync(GeminiCallLog.DefaultTimeout, TestContext.Current.CancellationToken);

    private static Script FaultScript(string what) => what switch
    {
        "a connection reset" => Script.Reset(),
        "a connection cut" => Script.ConnectionClosed(),
        "half an event" => Script.TruncatedEvent(),
        "an end without a reason" => Script.Raw(string.Empty),
        "half a bare error" => Script.Raw("{\n  \"error\": {\n    \"code\": 503,\n"),
        "a bare error" => Script.BareError(),
        "a bare error on one line" => Script.Raw("""{"error":{"status":"UNAVAILABLE"}}"""),
        "a bare error in an array" => Script.Raw("[{\n\"error\":{\"code\":503}\n}\n]\n"),
        "an error as an event" => Script.DataError(),
        "invalid JSON" => Script.Garbage(),
        "JSON that is no reply" => Script.Raw("data: [1,2]\n\n"),
        "a huge event" => Script.BigEvent(),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, message: null),
    };
}
