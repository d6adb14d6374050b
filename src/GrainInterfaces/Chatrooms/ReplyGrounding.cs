namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>The web pages that a reply is based on.</summary>
/// <param name="Sources">The pages, in the order in which the model names them.</param>
/// <param name="Citations">Which text is based on which of them, in the order of the text.</param>
/// <param name="SearchSuggestions">HTML from Google that must be shown with the reply, unchanged; null for none.</param>
[GenerateSerializer, Immutable, Alias("geminichat.ReplyGrounding")]
public sealed record ReplyGrounding(
    [property: Id(0)] ImmutableArray<WebSource> Sources,
    [property: Id(1)] ImmutableArray<Citation> Citations,
    [property: Id(2)] string? SearchSuggestions)
{
    // About as long as a citation is in JSON.
    private const int CitationSize = 40;

    /// <summary>The code units of its texts, about.</summary>
    public int GetSize() =>
        Sources.Sum(source => source.Url.Length + source.Title.Length) + (Citations.Length * CitationSize) + (SearchSuggestions?.Length ?? 0);

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(ReplyGrounding);
}

/// <summary>A web page.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Title">Its title.</param>
[GenerateSerializer, Immutable, Alias("geminichat.WebSource")]
public sealed record WebSource([property: Id(0)] string Url, [property: Id(1)] string Title)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(WebSource);
}

/// <summary>A piece of a reply's text that is based on sources.</summary>
/// <param name="Start">Where it starts in the content, in UTF-16 code units, between two code points.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Sources">Indexes of the sources.</param>
[GenerateSerializer, Immutable, Alias("geminichat.Citation")]
public sealed record Citation([property: Id(0)] int Start, [property: Id(1)] int End, [property: Id(2)] ImmutableArray<int> Sources);
