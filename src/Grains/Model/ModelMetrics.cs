using System.Diagnostics.Metrics;
using System.Text.Json;

namespace GeminiChat.Grains.Model;

/// <summary>
/// The metrics of calls of the model. Names and labels follow OpenTelemetry's semantic conventions for generative AI
/// where these define them.
/// </summary>
internal static class ModelMetrics
{
    public const string Operation = "gen_ai.operation.name";
    public const string Provider = "gen_ai.provider.name";
    public const string Model = "gen_ai.request.model";
    public const string TokenType = "gen_ai.token.type";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string CachedTokens = "gen_ai.usage.cache_read.input_tokens";
    public const string ThoughtTokens = "gen_ai.usage.reasoning.output_tokens";
    public const string SearchQueries = "geminichat.model.search_queries";
    public const string Error = "error.type";

    private static readonly Counter<long> Retries = Instruments.Meter.CreateCounter<long>(
        "geminichat.model.retries", "{call}", "Calls of the model that failed and were made again.");

    public static Histogram<double> Duration { get; } =
        Instruments.CreateDurationHistogram("gen_ai.client.operation.duration", "Time that a call of the model took.");

    public static Histogram<double> FirstChunk { get; } = Instruments.CreateDurationHistogram(
        "gen_ai.client.operation.time_to_first_chunk", "Time from a call of the model to the first of its answer.");

    public static Histogram<long> Tokens { get; } = Instruments.Meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "Tokens of a call of the model.", tags: null, new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576],
        });

    /// <summary>Parts of <see cref="Tokens"/>, which has no labels for them.</summary>
    public static Counter<long> Cached { get; } = Instruments.Meter.CreateCounter<long>(
        "geminichat.model.cached_tokens", "{token}", "Input tokens that the model had in its cache.");

    /// <inheritdoc cref="Cached"/>
    public static Counter<long> Thoughts { get; } = Instruments.Meter.CreateCounter<long>(
        "geminichat.model.thought_tokens", "{token}", "Output tokens that were thinking.");

    public static Counter<long> Searches { get; } = Instruments.Meter.CreateCounter<long>(
        "geminichat.model.search_queries", "{query}", "Web searches of the model.");

    /// <summary>Records a call that failed and is followed by a retry.</summary>
    public static void RecordRetry(ModelFault fault) =>
        Retries.Add(1, KeyValuePair.Create<string, object?>(Error, ToErrorType(fault)));

    /// <summary>The label of a fault, such as <c>daily_quota</c>.</summary>
    public static string ToErrorType(ModelFault fault) => JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.ToString());
}
