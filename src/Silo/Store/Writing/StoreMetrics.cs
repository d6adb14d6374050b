using System.Diagnostics;
using System.Diagnostics.Metrics;
using GeminiChat.Grains;

namespace GeminiChat.Silo.Store.Writing;

/// <summary>Measures and traces the batches of writes.</summary>
internal static class StoreMetrics
{
    private static readonly Histogram<int> Size = Instruments.Meter.CreateHistogram(
        "geminichat.store.batch.size", "{write}", "Writes that shared a transaction.", tags: null, new InstrumentAdvice<int>
        {
            HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
        });

    private static readonly Histogram<double> Duration =
        Instruments.CreateDurationHistogram("geminichat.store.batch.duration", "Time until a transaction of writes was durable, or had failed.");

    /// <summary>
    /// Measures the commit of a batch until the result is disposed. The batch has its own trace, with a link to the trace of each
    /// write.
    /// </summary>
    public static BatchMeasurement Begin(IReadOnlyList<WriteOperation> batch, TimeProvider time)
    {
        Size.Record(batch.Count);
        var trace = Instruments.Source.HasListeners()
            ? Instruments.Source.StartActivity(
                "store batch", ActivityKind.Internal, parentContext: default, links: batch.Select(write => write.Origin).ToLinks())
            : null;
        return new BatchMeasurement(trace?.SetTag("db.operation.batch.size", batch.Count), time);
    }

    /// <summary>A batch that is being committed.</summary>
    public sealed class BatchMeasurement(Activity? trace, TimeProvider time) : IDisposable
    {
        private readonly long _began = time.GetTimestamp();
        private bool _isStored;

        public void MarkStored() => _isStored = true;

        public void Dispose()
        {
            Duration.Record(
                time.GetElapsedTime(_began).TotalSeconds,
                KeyValuePair.Create<string, object?>("outcome", _isStored ? "stored" : "failed"));
            trace?.SetStatus(_isStored ? ActivityStatusCode.Unset : ActivityStatusCode.Error);
            trace?.Dispose();
        }
    }
}
