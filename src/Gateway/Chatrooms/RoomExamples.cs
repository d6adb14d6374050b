using GeminiChat.Gateway.Rendering;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Examples for the OpenAPI document.</summary>
internal static class RoomExamples
{
    public const string Name = "The sky";
    public const string Markdown = $"""
        # {Name}

        Created 2026-01-31 12:00 UTC

        ## System prompt

        {Prompt}

        ## You

        {MessageExamples.Question}

        ## Assistant

        {MessageExamples.Answer}

        """;

    public const string ETag = "\"3-q83vEjRWeJCrze8SNFZ4kA\"";

    private const string Prompt = "Answer in one sentence.";

    public static string Page =>
        ConversationHtml.Begin(Name, $"Created on {ConversationHtml.FormatDate(Example.Time)}", "<style>…</style>") + ConversationHtml.End;

    public static CreateRoomRequest Create { get; } = new(Name, Prompt);

    public static CreateRoomRequest InvalidCreate { get; } = new(Name: "");

    public static CreatedRoomResponse Created { get; } = new(Example.RoomId, Name, Example.Time);

    public static ImmutableArray<RoomResponse> List { get; } =
        [new(Example.RoomId, Name, Example.Time, Example.Time.AddMinutes(1), Version: 3, Pinned: true)];

    public static string NextRooms => "</chatroom?limit=50&cursor=CN5pHq6rgAABnA46YYB4Fo9oO3yt0U4q>; rel=\"next\"";

    public static RoomViewResponse View { get; } =
        new(Example.RoomId, Name, Prompt, Example.Time, Version: 3, Example.ReplyId, [MessageExamples.Asked, MessageExamples.Finished]);

    public static string OlderMessages => $"<{RoomPath.Of(Example.RoomId)}?limit=50&before=51>; rel=\"next\"";

    public static UpdateRoomRequest Update { get; } =
        new(new OptionalText(IsPresent: true, Name), new OptionalText(IsPresent: true, Prompt), Pinned: true, Head: Example.ReplyId);

    public static Problem[] OptionsRefused =>
    [
        ReplyOptionsMapping.ModelUnknown("gemini-0"),
        ReplyOptionsMapping.ThinkingUnavailable("gemini-3.8-flash", [ThinkingLevel.Low, ThinkingLevel.Medium, ThinkingLevel.High]),
        ReplyOptionsMapping.SearchUnavailable("gemma-3-27b-it"),
        ReplyOptionsMapping.ModelOfOtherTier("gemini-3.8-pro", Tier.Pro),
    ];

    public static ForkRoomRequest Fork { get; } = new(Example.ReplyId, Name);

    public static ForkRoomRequest InvalidFork { get; } = new(Name: "");

    public static UpdateRoomRequest InvalidUpdate { get; } = new();

    public static UpdatedRoomResponse Updated { get; } =
        new(Example.RoomId, Name, Prompt, Example.Time, Example.Time.AddMinutes(1), Version: 4, Example.ReplyId, Pinned: true);
}
