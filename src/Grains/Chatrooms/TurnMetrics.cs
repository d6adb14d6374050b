using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Metrics and traces of turns.</summary>
internal static class TurnMetrics
{
    private const string Outcome = "outcome";
    private const string Reason = "reason";
    private const string Span = "turn";

    private static readonly Counter<long> Turns =
        Instruments.Meter.CreateCounter<long>("geminichat.turns", "{turn}", "Turns that came to their end.");

    private static readonly UpDownCounter<int> Pending =
        Instruments.Meter.CreateUpDownCounter<int>("geminichat.turns.open", "{turn}", "Turns that wait or run.");

    private static readonly UpDownCounter<int> Running =
        Instruments.Meter.CreateUpDownCounter<int>("geminichat.turns.running", "{turn}", "Turns that run.");

    private static readonly Histogram<double> Wait =
        Instruments.CreateDurationHistogram("geminichat.turn.queue.wait", "Time from a turn's acceptance to its start.");

    private static readonly Counter<long> Refusals = Instruments.Meter.CreateCounter<long>(
        "geminichat.quota.refusals", "{turn}", "Turns that the day's limit did not allow.");

    /// <summary>Records pending turns that an activation has added or removed.</summary>
    public static void AddPending(int by)
    {
        if (by != 0)
        {
            Pending.Add(by);
        }
    }

    public static void RecordRefusals(int count, Tier tier) =>
        Refusals.Add(count, KeyValuePair.Create<string, object?>("tier", tier is Tier.Pro ? "pro" : "basic"));

    /// <summary>
    /// Starts the span of an acceptance. It belongs to the trace of the first turn and has links to the traces of the
    /// others.
    /// </summary>
    public static Activity? StartAcceptance(IReadOnlyList<UncommittedTurnRequest> batch) => Instruments.Source.HasListeners()
        ? Instruments.Source.StartActivity(
            "accept turns", ActivityKind.Internal, batch[0].TraceContext, links: batch.Skip(1).Select(turn => turn.TraceContext).ToLinks())
        : null;

    /// <summary>
    /// Starts the span of a running turn, which ends when the result is disposed. It is a trace of its own with a link to
    /// the request.
    /// </summary>
    public static RunningTurnScope StartTurn(Turn turn, TimeSpan waited)
    {
        Wait.Record(Math.Max(0, waited.TotalSeconds));
        Running.Add(1);
        return new RunningTurnScope(Instruments.Source.HasListeners()
            ? Instruments.Source.StartActivity(Span, ActivityKind.Consumer, parentContext: default, links: new[] { turn.TraceContext }.ToLinks())
            : null);
    }

    /// <summary>Records the end of a turn after it has been stored.</summary>
    public static void RecordEnd(RoomMessage end)
    {
        var outcome = JsonNamingPolicy.SnakeCaseLower.ConvertName(end.Status.ToString());
        Turns.Add(1, new TagList { { Outcome, outcome }, { Reason, end.Reason ?? "" } });

        // A waiting turn is ended within the call that stops it. The span of that call is not the span of the turn.
        if (Activity.Current is { OperationName: Span } work)
        {
            work.SetTag("geminichat.turn.outcome", outcome).SetTag("geminichat.turn.reason", end.Reason);
        }
    }

    public readonly struct RunningTurnScope(Activity? trace) : IDisposable
    {
        public void Dispose()
        {
            Running.Add(-1);
            trace?.Dispose();
        }
    }
}
