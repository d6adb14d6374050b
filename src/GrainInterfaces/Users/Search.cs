using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.GrainInterfaces.Users;

/// <summary>A search in a user's messages.</summary>
/// <param name="Text">What to find: words, and phrases in double quotes. The last word may be a beginning.</param>
/// <param name="Limit">The most messages, at least 1.</param>
/// <param name="Before">Where to continue: <see cref="SearchOutcome.Found.Next"/>; null for the newest messages.</param>
/// <param name="RoomId">The only room to search; null for all rooms.</param>
[GenerateSerializer, Immutable, Alias("geminichat.MessageSearch")]
public sealed record MessageSearch(
    [property: Id(0)] string Text,
    [property: Id(1)] int Limit,
    [property: Id(2)] long? Before = null,
    [property: Id(3)] Guid? RoomId = null)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(MessageSearch);
}

/// <summary>The outcome of a search.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.SearchOutcome")]
public abstract record SearchOutcome
{
    private SearchOutcome() { }

    /// <summary>The search has run.</summary>
    /// <param name="Messages">Newest first: a message counts from its acceptance, a reply from its end.</param>
    /// <param name="Next">Where older messages begin; null when there are none.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.SearchOutcome.Found")]
    public sealed record Found([property: Id(0)] ImmutableArray<FoundMessage> Messages, [property: Id(1)] long? Next) : SearchOutcome
    {
        /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
        public override string ToString() => nameof(Found);
    }

    /// <summary>The text has no word, or too many.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.SearchOutcome.InvalidText")]
    public sealed record InvalidText : SearchOutcome;

    /// <summary>The search took longer than 3 s.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.SearchOutcome.TimedOut")]
    public sealed record TimedOut : SearchOutcome;

    /// <summary>As many searches of the user as may run at once are running.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.SearchOutcome.TooManySearches")]
    public sealed record TooManySearches : SearchOutcome;

    /// <summary>The user does not exist.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.SearchOutcome.UserAbsent")]
    public sealed record UserAbsent : SearchOutcome;
}

/// <summary>A message that a search has found.</summary>
/// <param name="RoomId">Its room.</param>
/// <param name="RoomName">The room's name.</param>
/// <param name="MessageId">The message.</param>
/// <param name="Sender">The author.</param>
/// <param name="Timestamp">When the message was accepted.</param>
/// <param name="Snippet">The text around the first match.</param>
/// <param name="Highlights">The matches in the snippet, in order, in UTF-16 code units.</param>
[GenerateSerializer, Immutable, Alias("geminichat.FoundMessage")]
public sealed record FoundMessage(
    [property: Id(0)] Guid RoomId,
    [property: Id(1)] string RoomName,
    [property: Id(2)] long MessageId,
    [property: Id(3)] Sender Sender,
    [property: Id(4)] DateTimeOffset Timestamp,
    [property: Id(5)] string Snippet,
    [property: Id(6)] ImmutableArray<TextRange> Highlights)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(FoundMessage);
}

/// <summary>A part of a text, in UTF-16 code units.</summary>
/// <param name="Start">Where it starts.</param>
/// <param name="End">Where it ends.</param>
[GenerateSerializer, Immutable, Alias("geminichat.TextRange")]
public readonly record struct TextRange([property: Id(0)] int Start, [property: Id(1)] int End);
