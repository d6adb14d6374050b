namespace GeminiChat.Gateway.Chatrooms;

internal static class ChatroomProblems
{
    public static Problem BadCursor { get; } =
        Problems.BadRequest("cursor must be one that a Link header of this list gave.");

    public static Problem KeyReused { get; } = new(
        StatusCodes.Status422UnprocessableEntity,
        $"This {IdempotencyKey.HeaderName} was used before, for another request. Use a new key for a new request.")
    {
        Type = ProblemTypes.KeyReused,
    };

    public static Problem ReplyPending { get; } = new(
        StatusCodes.Status409Conflict, "A reply to this message is still being written. Stop it, or wait for its end.")
    {
        Type = ProblemTypes.AnswerRunning,
    };

    public static Problem ReplyUnfinished { get; } = new(
        StatusCodes.Status409Conflict, "This reply is still being written. Send the feedback when it has ended.")
    {
        Type = ProblemTypes.AnswerRunning,
    };

    public static Problem BranchPending { get; } = new(
        StatusCodes.Status409Conflict, "A reply of this branch is still being written. Stop it, or wait for its end.")
    {
        Type = ProblemTypes.AnswerRunning,
    };

    public static Problem Outdated { get; } = new(
        StatusCodes.Status412PreconditionFailed,
        "The chatroom's settings have changed since that version. Read it again.")
    { Type = ProblemTypes.SettingsChanged };

    public static Problem Gone { get; } = new(
        StatusCodes.Status410Gone,
        $"The chatroom of this {IdempotencyKey.HeaderName} has been deleted. Use a new key for a new one.")
    {
        Type = ProblemTypes.ChatGone,
    };

    /// <summary>The room was deleted while the client was reading.</summary>
    public static Problem Deleted { get; } = new(StatusCodes.Status404NotFound, "This chatroom has been deleted.") { Type = ProblemTypes.ChatGone };

    public static Problem TooManyRooms(int limit) =>
        new(StatusCodes.Status409Conflict, $"You have {limit} chatrooms, which is the limit.") { Type = ProblemTypes.TooManyChats, Limit = limit };

    public static Problem TooLongToCopy { get; } = new(
        StatusCodes.Status409Conflict, "This branch is too long. At most 2,000 messages with 2 MB of text can be copied.")
    {
        Type = ProblemTypes.TooLongToCopy,
    };

    public static Problem TooManyVersions(int limit) => new(
        StatusCodes.Status409Conflict, $"This message has {limit} versions, which is the limit.")
    { Type = ProblemTypes.TooManyVersions, Limit = limit };

    public static Problem QueueFull(int limit) => new(
        StatusCodes.Status429TooManyRequests,
        $"{limit} messages wait in this chatroom already. Send this one when some have been answered.",
        retryAfter: 5)
    { Type = ProblemTypes.QueueFull, Limit = limit };
}
