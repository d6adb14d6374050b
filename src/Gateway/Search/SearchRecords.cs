using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Gateway.Search;

/// <summary>A page of found messages.</summary>
/// <param name="Items">The messages, newest first.</param>
/// <param name="Next">The cursor of the next page; absent on the last one.</param>
internal sealed record SearchResponse(ImmutableArray<SearchItemResponse> Items, string? Next = null)
{
    public static SearchResponse Of(SearchOutcome.Found found) => new(
        ImmutableArray.CreateRange(found.Messages, SearchItemResponse.Of),
        found.Next is { } next ? SearchParameters.Encode(next) : null);
}

/// <summary>A found message.</summary>
/// <param name="RoomId">Its room.</param>
/// <param name="RoomName">The room's name.</param>
/// <param name="MessageId">The message.</param>
/// <param name="Sender"><c>user</c> or <c>ai</c>.</param>
/// <param name="Timestamp">When it was accepted.</param>
/// <param name="Snippet">The text around the first match.</param>
/// <param name="Highlights">The matches in the snippet: start and end of each in UTF-16 code units, in order.</param>
internal sealed record SearchItemResponse(
    Guid RoomId,
    string RoomName,
    long MessageId,
    [property: EnumNames<Sender>] string Sender,
    DateTimeOffset Timestamp,
    string Snippet,
    ImmutableArray<ImmutableArray<int>> Highlights)
{
    public static SearchItemResponse Of(FoundMessage found) => new(
        found.RoomId,
        found.RoomName,
        found.MessageId,
        MessageResponse.ToSenderName(found.Sender),
        found.Timestamp,
        found.Snippet,
        ImmutableArray.CreateRange(found.Highlights, ImmutableArray<int> (range) => [range.Start, range.End]));
}

/// <summary>Examples for the OpenAPI document.</summary>
internal static class SearchExamples
{
    public static SearchResponse Page { get; } = new(
        [
            new(Example.RoomId, RoomExamples.Name, Example.MessageId, "user", Example.Time, MessageExamples.Question, [[11, 14], [15, 19]]),
        ],
        Next: SearchParameters.Encode(1_856_242_483_200_000_000));
}
