namespace GeminiChat.EndToEnd.Tests.Telemetry;

/// <summary>The traces of one message and its reply, as a collector gets them.</summary>
[Collection<SharedTracedRun>]
public sealed class TraceTests(TracingFixture run)
{
    private ExportedSpan Post => Assert.Single(run.Spans, span => span.Name == "POST /chatroom/{id}/message/");

    private ExportedSpan Turn => Assert.Single(run.Spans, span => span.Name == "turn");

    private ExportedSpan Acceptance => Assert.Single(run.Spans, span => span.Name == "accept turns");

    [Fact]
    public void A_post_leads_from_the_request_through_the_rooms_grain_to_its_acceptance()
    {
        var names = Upwards(Acceptance).Select(span => span.Name).ToList();

        Assert.Equal("accept turns", names[0]);
        Assert.Contains(names, name => name.EndsWith("/Post", StringComparison.Ordinal));
        Assert.Equal(Post.Name, names[^1]);
        Assert.Contains(run.Spans, span => span.Name.EndsWith("/RoomChanged", StringComparison.Ordinal) && span.Parent == Acceptance.Id.Id);
    }

    [Fact]
    public void A_reply_is_a_trace_of_its_own_with_a_link_to_the_post()
    {
        Assert.Equal("", Turn.Parent);
        Assert.NotEqual(Post.Id.Trace, Turn.Id.Trace);
        Assert.Equal(Post.Id.Trace, Assert.Single(Turn.Links).Trace);
    }

    [Fact]
    public void The_model_is_called_within_the_turn()
    {
        var call = Assert.Single(run.Spans, span => span.Name == "chat gemini-3.8-flash");
        Assert.Equal((Turn.Id.Trace, Turn.Id.Id), (call.Id.Trace, call.Parent));
        Assert.Single(run.Spans, span => span.Name == "POST" && span.Parent == call.Id.Id);
    }

    [Fact]
    public void Store_batch_spans_link_to_the_spans_that_caused_them()
    {
        var batches = run.Spans.Where(span => span.Name == "store batch").ToList();
        Assert.All(batches, batch => Assert.Equal("", batch.Parent));
        Assert.Contains(batches, batch => batch.Links.Contains(Acceptance.Id));
        Assert.Contains(batches, batch => batch.Links.Contains(Turn.Id));
    }

    [Fact]
    public void Polling_calls_are_not_traced() =>
        Assert.DoesNotContain(run.Spans, span => span.Name.EndsWith("/Follow", StringComparison.Ordinal));

    [Fact]
    public void Health_probes_are_not_traced() =>
        Assert.DoesNotContain(run.Spans, span => span.Name.Contains("/health", StringComparison.Ordinal));

    [Fact]
    public void No_exported_span_or_metric_contains_user_data_or_secrets()
    {
        Assert.True(run.HasMetrics);
        Assert.True(run.Secrets.Count > 8);
        Assert.All(run.Secrets, secret => Assert.DoesNotContain(secret, run.Raw, StringComparison.Ordinal));
    }

    private IEnumerable<ExportedSpan> Upwards(ExportedSpan span)
    {
        for (var next = span; next is not null; next = run.Spans.SingleOrDefault(other => other.Id == next.Id with { Id = next.Parent }))
        {
            yield return next;
        }
    }
}
