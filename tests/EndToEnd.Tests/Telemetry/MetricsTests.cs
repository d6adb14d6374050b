using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GeminiChat.EndToEnd.Tests.Telemetry;

/// <summary>The metrics as Prometheus reads them, after a run in which something of everything has happened.</summary>
public sealed partial class MetricsTests(MetricsFixture run) : IClassFixture<MetricsFixture>
{
    private const int RegexTimeoutMs = 1000;
    private const string Gemini = "gen_ai_provider_name=\"gcp.gen_ai\",gen_ai_request_model=\"gemini-3.8-flash\"";

    /// <summary>No text message is sent in this run.</summary>
    private static readonly string[] OfTextMessages = ["geminichat_otp_messages_total", "geminichat_otp_budget_used"];

    [Theory]
    [InlineData("completed", "", 3)]
    [InlineData("failed", "model_config", 1)]
    [InlineData("stopped", "", 1)]
    public void Turns_are_counted_by_outcome_and_reason(string outcome, string reason, int count) =>
        Assert.Equal(count, run.AtEnd.Sum("geminichat_turns_total", $"outcome=\"{outcome}\"", $"reason=\"{reason}\""));

    [Fact]
    public void Each_turn_records_one_queue_wait() => Assert.Equal(5, run.AtEnd.Sum("geminichat_turn_queue_wait_seconds_count"));

    [Fact]
    public void Gauges_of_open_turns_and_streams_rise_and_fall()
    {
        Assert.Equal((2, 1), (run.Midway.Sum("geminichat_turns_open"), run.Midway.Sum("geminichat_turns_running")));
        Assert.Equal((0, 0), (run.AtEnd.Sum("geminichat_turns_open"), run.AtEnd.Sum("geminichat_turns_running")));
        Assert.Equal(1, run.Midway.Sum("geminichat_streams_live", "kind=\"reply\""));
        Assert.Equal(1, run.Midway.Sum("geminichat_streams_live", "kind=\"notices\""));
        Assert.Equal(0, run.AtEnd.Sum("geminichat_streams_live"));
    }

    [Fact]
    public void Model_calls_are_counted_separately_from_turns()
    {
        const string Calls = "gen_ai_client_operation_duration_seconds_count";
        Assert.Equal(6, run.AtEnd.Sum(Calls, Gemini));
        Assert.Equal(1, run.AtEnd.Sum(Calls, "error_type=\"unavailable\""));
        Assert.Equal(1, run.AtEnd.Sum(Calls, "error_type=\"rejected\""));
        Assert.Equal(1, run.AtEnd.Sum(Calls, "error_type=\"canceled\""));
        Assert.Equal(4, run.AtEnd.Sum("gen_ai_client_operation_time_to_first_chunk_seconds_count"));
        Assert.Equal(1, run.AtEnd.Sum("geminichat_model_retries_total", "error_type=\"unavailable\""));
        Assert.Equal(4, run.AtEnd.Sum("gen_ai_client_token_usage_count", "gen_ai_token_type=\"output\""));
        Assert.True(run.AtEnd.Sum("gen_ai_client_token_usage_sum", "gen_ai_token_type=\"input\"") > 0);
    }

    [Fact]
    public void Refused_posts_and_Stripe_webhooks_are_counted()
    {
        Assert.Equal(1, run.AtEnd.Sum("geminichat_quota_refusals_total", "tier=\"basic\""));
        Assert.Equal(1, run.AtEnd.Sum("geminichat_webhooks_total", "outcome=\"bad_signature\""));
        Assert.Equal(MetricsFixture.BrokenOffWebhooks, run.AtEnd.Sum("geminichat_webhooks_total", "outcome=\"bad_request\""));
        Assert.True(run.AtEnd.Sum("geminichat_webhooks_total", "outcome=\"stored\"") > 0);
        Assert.Equal(run.Events + 1 + MetricsFixture.BrokenOffWebhooks, run.AtEnd.Sum("geminichat_webhooks_total"));
    }

    [Fact]
    public void Delivered_events_are_counted_and_measured_by_receiver()
    {
        var delivered = run.AtEnd.Sum("geminichat_webhook_deliveries_total", "endpoint=\"1\"", "outcome=\"delivered\"");
        Assert.Equal(delivered, run.AtEnd.Sum("geminichat_webhook_duration_seconds_count", "endpoint=\"1\""));
        Assert.Equal(delivered, run.AtEnd.Sum("geminichat_webhook_deliveries_total"));
        Assert.Equal(1, run.AtEnd.Families.Count(name => name is "geminichat_webhook_pending"));
    }

    [Fact]
    public void Store_batches_and_Orleans_activations_are_measured()
    {
        Assert.Equal(
            run.AtEnd.Sum("geminichat_store_batch_size_count"),
            run.AtEnd.Sum("geminichat_store_batch_duration_seconds_count", "outcome=\"stored\""));
        Assert.Equal(1, run.AtEnd.Sum("orleans_catalog_activations", "grain_type=\"chatroom\""));
    }

    [Fact]
    public void No_metric_contains_user_data_or_secrets()
    {
        Assert.True(run.Secrets.Count > 8);
        Assert.All(run.Secrets, secret => Assert.DoesNotContain(secret, run.AtEnd.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_metrics_address_serves_metrics_and_nothing_else()
    {
        using var service = await run.Service.GetAsync("/metrics");
        using var metrics = await run.GetFromMetricsAddress("/metrics");
        using var other = await run.GetFromMetricsAddress("/health/live");

        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.OK, HttpStatusCode.NotFound),
            (service.StatusCode, metrics.StatusCode, other.StatusCode));
    }

    [Fact]
    public void Every_metric_on_the_dashboard_exists()
    {
        var shown = Expressions(JsonElement.Parse(Repository.Read("deploy/grafana-dashboard.json"))).ToList();
        var asked = shown.SelectMany(expression => MetricName().Matches(expression).Select(match => match.Value)).Distinct().ToList();

        Assert.True(asked.Count > 10);
        Assert.Empty(asked.Except(run.AtEnd.Names).Except(OfTextMessages));
    }

    [Fact]
    public void The_documentation_lists_exactly_the_existing_metrics()
    {
        var documented = Documented().Matches(Repository.Read("docs/metrics.md")).Select(match => match.Groups["name"].Value);
        var ours = run.AtEnd.Families.Where(name => Ours().IsMatch(name)).Concat(OfTextMessages);

        Assert.Equal(ours.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Expressions(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member =>
            member is { Name: "expr", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : Expressions(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    // The names are those before a selector; functions have a parenthesis there, and labels are within.
    [GeneratedRegex(@"\b[a-z]+(_[a-z]+)+(?=\{)", RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex MetricName();

    [GeneratedRegex(@"^\| `[a-z_.]+` \| `(?<name>[a-z_]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex Documented();

    [GeneratedRegex("^(geminichat|gen_ai)_", RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex Ours();
}
