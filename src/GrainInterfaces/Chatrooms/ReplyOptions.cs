namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>How much the model thinks before it answers.</summary>
public enum ThinkingLevel
{
    /// <summary>As little as the model can.</summary>
    Minimal = 0,

    /// <summary>Little.</summary>
    Low = 1,

    /// <summary>More.</summary>
    Medium = 2,

    /// <summary>As much as the model needs.</summary>
    High = 3,
}

/// <summary>How a reply is made. What is null is left to the room, and then to the service.</summary>
/// <param name="Model">The id of the model.</param>
/// <param name="Thinking">How much the model thinks.</param>
/// <param name="Search">Whether the model may search the web.</param>
[GenerateSerializer, Immutable, Alias("geminichat.ReplyOptions")]
public sealed record ReplyOptions(
    [property: Id(0)] string? Model = null,
    [property: Id(1)] ThinkingLevel? Thinking = null,
    [property: Id(2)] bool? Search = null)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(ReplyOptions);
}
