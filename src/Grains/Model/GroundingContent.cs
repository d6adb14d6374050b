using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Model;

/// <summary>The web pages that a response is based on, as the model reports them. The last report of a response is the valid one.</summary>
/// <param name="sources">The pages, each once, in the order in which the model names them.</param>
/// <param name="supports">Which text is based on which of them.</param>
/// <param name="searchSuggestions">HTML from Google that must be shown with the response; null for none.</param>
/// <param name="queries">How many searches the model made.</param>
internal sealed class GroundingContent(
    ImmutableArray<WebSource> sources, ImmutableArray<GroundingSupport> supports, string? searchSuggestions, int queries) : AIContent
{
    public ImmutableArray<WebSource> Sources => sources;

    public ImmutableArray<GroundingSupport> Supports => supports;

    public string? SearchSuggestions => searchSuggestions;

    public int Queries => queries;
}

/// <summary>A piece of text that is based on sources.</summary>
/// <param name="Start">Where it starts, in UTF-8 bytes.</param>
/// <param name="End">Where it ends, in UTF-8 bytes.</param>
/// <param name="Text">The piece itself; null when the model did not give it.</param>
/// <param name="Sources">Indexes of the sources.</param>
internal sealed record GroundingSupport(int Start, int End, string? Text, ImmutableArray<int> Sources);
