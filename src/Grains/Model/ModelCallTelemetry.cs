using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Model;

/// <summary>Measures and traces one call of the model until it is disposed. It keeps no text.</summary>
internal sealed class ModelCallTelemetry : IDisposable
{
    private const string Chat = "chat";

    // Neither succeeded nor failed: the user stopped the reply, or the silo is shutting down.
    private const string Canceled = "canceled";

    // A bug, named as in OpenTelemetry: https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/.
    private const string Other = "_OTHER";

    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly Activity? _trace;
    private TagList _labels;
    private string? _error = Other;
    private UsageDetails? _usage;
    private int _searches;
    private bool _hasBegun;

    public ModelCallTelemetry(ChatClientMetadata? client, string? model, TimeProvider time)
    {
        (_time, _began) = (time, time.GetTimestamp());
        model ??= client?.DefaultModelId;
        _labels = new TagList
        {
            { ModelMetrics.Operation, Chat },
            { ModelMetrics.Provider, client?.ProviderName },
            { ModelMetrics.Model, model },
        };
        _trace = Instruments.Source.HasListeners()
            ? Instruments.Source.StartActivity($"{Chat} {model}", ActivityKind.Client, parentContext: default, tags: _labels)
            : null;
    }

    /// <summary>Records a part of the response.</summary>
    public void RecordUpdate(ChatResponseUpdate update)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            ModelMetrics.FirstChunk.Record(_time.GetElapsedTime(_began).TotalSeconds, _labels);
        }

        // An enumerator of the list would be an object for each chunk.
        for (var i = 0; i < update.Contents.Count; i++)
        {
            _usage = (update.Contents[i] as UsageContent)?.Details ?? _usage;
            _searches = (update.Contents[i] as GroundingContent)?.Queries ?? _searches;
        }
    }

    /// <summary>Marks the call as succeeded: the response is complete, or as much of it as was wanted.</summary>
    public void MarkSucceeded() => _error = null;

    public void MarkFailed(ModelFault fault) => _error = ModelMetrics.ToErrorType(fault);

    public void MarkCanceled() => _error = Canceled;

    public void Dispose()
    {
        RecordTokens("input", ModelMetrics.InputTokens, _usage?.InputTokenCount);
        RecordTokens("output", ModelMetrics.OutputTokens, _usage?.OutputTokenCount);
        Count(ModelMetrics.Cached, ModelMetrics.CachedTokens, _usage?.CachedInputTokenCount);
        Count(ModelMetrics.Thoughts, ModelMetrics.ThoughtTokens, _usage?.ReasoningTokenCount);
        Count(ModelMetrics.Searches, ModelMetrics.SearchQueries, _searches);
        if (_error is not null)
        {
            _labels.Add(ModelMetrics.Error, _error);
            _trace?.SetTag(ModelMetrics.Error, _error);
            _trace?.SetStatus(_error is Canceled ? ActivityStatusCode.Unset : ActivityStatusCode.Error);
        }

        ModelMetrics.Duration.Record(_time.GetElapsedTime(_began).TotalSeconds, _labels);
        _trace?.Dispose();
    }

    private void Count(Counter<long> counter, string tag, long? count)
    {
        // Also nothing is reported, so that the counter is there from the first call on.
        counter.Add(count ?? 0, _labels);
        if (count is > 0)
        {
            _trace?.SetTag(tag, count.Value);
        }
    }

    private void RecordTokens(string type, string tag, long? tokens)
    {
        if (tokens is { } count)
        {
            var labels = _labels;
            labels.Add(ModelMetrics.TokenType, type);
            ModelMetrics.Tokens.Record(count, labels);
            _trace?.SetTag(tag, count);
        }
    }
}
