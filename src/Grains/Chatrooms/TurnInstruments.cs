using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Measures and traces turns.</summary>
internal static class TurnInstruments
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

    /// <summary>Turns have come to an activation, or have left it.</summary>
    public static void AddPending(int by)
    {
        if (by != 0)
        {
            Pending.Add(by);
        }
    }

    /// <summary>Turns were refused.</summary>
    public static void RecordRefusals(int count, Tier tier) =>
        Refusals.Add(count, KeyValuePair.Create<string, object?>("tier", tier is Tier.Pro ? "pro" : "basic"));

    /// <summary>A batch of turns is being accepted: in the trace of the first, with links to the others'.</summary>
    public static Activity? StartAcceptance(IReadOnlyList<QueuedTurnRequest> batch) => Instruments.Source.HasListeners()
        ? Instruments.Source.StartActivity(
            "accept turns", ActivityKind.Internal, batch[0].TraceContext, links: batch.Skip(1).Select(turn => turn.TraceContext).ToLinks())
        : null;

    /// <summary>A turn is at work until the result is disposed: in a trace of its own, with a link to the request.</summary>
    public static RunningTurnScope StartTurn(Turn turn, TimeSpan waited)
    {
        Wait.Record(Math.Max(0, waited.TotalSeconds));
        Running.Add(1);
        return new RunningTurnScope(Instruments.Source.HasListeners()
            ? Instruments.Source.StartActivity(Span, ActivityKind.Consumer, parentContext: default, links: new[] { turn.TraceContext }.ToLinks())
            : null);
    }

    /// <summary>A turn's end has been stored.</summary>
    public static void RecordEnd(RoomMessage end)
    {
        var outcome = ToLabel(end.Status);
        Turns.Add(1, new TagList { { Outcome, outcome }, { Reason, end.Reason ?? "" } });

        // One that still waits is ended within the call that stops it, whose span is not the turn's.
        if (Activity.Current is { OperationName: Span } work)
        {
            work.SetTag("geminichat.turn.outcome", outcome).SetTag("geminichat.turn.reason", end.Reason);
        }
    }

    private static string ToLabel(MessageStatus end) => end switch
    {
        MessageStatus.Completed => "completed",
        MessageStatus.Stopped => "stopped",
        MessageStatus.Incomplete => "incomplete",
        MessageStatus.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(end), end, "No end."),
    };

    /// <summary>A turn at work.</summary>
    public readonly struct RunningTurnScope(Activity? trace) : IDisposable
    {
        public void Dispose()
        {
            Running.Add(-1);
            trace?.Dispose();
        }
    }
}
