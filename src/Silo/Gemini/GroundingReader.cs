using System.Text.Json;
using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Reads what a response is based on. Any event can have the metadata, and a later one repeats what came before. So the last
/// metadata is the valid one. What is not as expected is left out: it is no reason to lose the reply.
/// </summary>
internal sealed class GroundingReader
{
    // More than any answer has. They bound what is stored with a reply and sent to its readers.
    private const int MaxSources = 100;
    private const int MaxSupports = 500;
    private const int MaxUrlLength = 4_000;
    private const int MaxSuggestionsLength = 64_000;

    private GroundingMetadata? _search;
    private UrlContextMetadata? _pages;
    private bool _isChanged;

    /// <summary>Reads <c>groundingMetadata</c>. Starts at the member's name.</summary>
    public void ReadSearch(ref Utf8JsonReader json) => Change(ref _search, Read(ref json, GeminiJson.Default.GroundingMetadata));

    /// <summary>Reads <c>urlContextMetadata</c>. Starts at the member's name.</summary>
    public void ReadPages(ref Utf8JsonReader json) => Change(ref _pages, Read(ref json, GeminiJson.Default.UrlContextMetadata));

    /// <summary>What the response is based on so far; null for nothing, and if nothing was read since the last call.</summary>
    public GroundingContent? TakeChange()
    {
        var isChanged = _isChanged;
        _isChanged = false;
        return isChanged ? ToContent() : null;
    }

    private void Change<T>(ref T? field, T? value)
        where T : class
    {
        field = value ?? field;
        _isChanged |= value is not null;
    }

    private GroundingContent? ToContent()
    {
        var urls = new Dictionary<string, int>(StringComparer.Ordinal);
        var sources = ImmutableArray.CreateBuilder<WebSource>();
        var indexes = (_search?.GroundingChunks ?? []).ConvertAll(chunk => Add(sources, urls, chunk?.Web ?? chunk?.Maps ?? chunk?.RetrievedContext));
        foreach (var page in _pages?.UrlMetadata ?? [])
        {
            if (page?.UrlRetrievalStatus is "URL_RETRIEVAL_STATUS_SUCCESS")
            {
                Add(sources, urls, new GroundingPage(page.RetrievedUrl, Title: null));
            }
        }

        var supports = (_search?.GroundingSupports ?? []).Take(MaxSupports).Select(support => ToSupport(support, indexes)).OfType<GroundingSupport>();
        var suggestions = _search?.SearchEntryPoint?.RenderedContent is { Length: > 0 and <= MaxSuggestionsLength } html ? html : null;
        var queries = (_search?.WebSearchQueries?.Count ?? 0) + (_search?.ImageSearchQueries?.Count ?? 0);
        return sources.Count == 0 && suggestions is null && queries == 0
            ? null
            : new GroundingContent(sources.ToImmutable(), [.. supports], suggestions, queries);
    }

    /// <summary>Adds a page unless it is there.</summary>
    /// <returns>Its index; null when it is not a page of the web.</returns>
    private static int? Add(ImmutableArray<WebSource>.Builder sources, Dictionary<string, int> urls, GroundingPage? page)
    {
        if (page?.Uri is not { Length: <= MaxUrlLength } url
            || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
        {
            return null;
        }

        // In this form it has no character that could end it where it is shown.
        url = uri.AbsoluteUri;
        if (!urls.TryGetValue(url, out var index))
        {
            if (sources.Count == MaxSources)
            {
                return null;
            }

            urls.Add(url, index = sources.Count);
            sources.Add(new WebSource(url, ModelName.Sanitize(page.Title) ?? uri.Host));
        }

        return index;
    }

    private static GroundingSupport? ToSupport(GroundingSupportJson? support, List<int?> indexes) => support?.Segment is { } segment
        ? new GroundingSupport(
            segment.StartIndex ?? 0,
            segment.EndIndex ?? 0,
            segment.Text,
            [.. (support.GroundingChunkIndices ?? []).Where(index => index >= 0 && index < indexes.Count).Select(index => indexes[index]).OfType<int>().Distinct().Order()])
        : null;

    private static T? Read<T>(ref Utf8JsonReader json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        json.Read();
        var value = json;
        json.Skip();
        try
        {
            return JsonSerializer.Deserialize(ref value, type);
        }
        catch (Exception unexpected) when (unexpected is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>What a response is based on; see <see href="https://ai.google.dev/api/generate-content#GroundingMetadata"/>.</summary>
internal sealed record GroundingMetadata(
    List<string?>? WebSearchQueries,
    List<string?>? ImageSearchQueries,
    List<GroundingChunk?>? GroundingChunks,
    List<GroundingSupportJson?>? GroundingSupports,
    SearchEntryPoint? SearchEntryPoint);

internal sealed record GroundingChunk(GroundingPage? Web, GroundingPage? Maps, GroundingPage? RetrievedContext);

internal sealed record GroundingPage(string? Uri, string? Title);

internal sealed record GroundingSupportJson(GroundingSegment? Segment, List<int>? GroundingChunkIndices);

/// <summary>A piece of the text. Its positions are in UTF-8 bytes; 0 is left out.</summary>
internal sealed record GroundingSegment(int? StartIndex, int? EndIndex, string? Text);

internal sealed record SearchEntryPoint(string? RenderedContent);

/// <summary>The pages that the model read because their addresses were in a message.</summary>
internal sealed record UrlContextMetadata(List<RetrievedPage?>? UrlMetadata);

internal sealed record RetrievedPage(string? RetrievedUrl, string? UrlRetrievalStatus);
