using System.Text.Json.Serialization;

namespace GeminiChat.Client;

/// <summary>A one-time code is on its way.</summary>
/// <param name="Message">What to do next.</param>
/// <param name="RequestId">To be given back with the code.</param>
/// <param name="Otp">The code itself, only if the service shows codes in its answers.</param>
public sealed record OtpSent(string Message, Guid? RequestId = null, string? Otp = null);

/// <summary>A user.</summary>
public sealed record User(Guid Id, string? Name, string? MobileNumber, string Subscription, DateTimeOffset CreatedAt);

/// <summary>A room to create. Without a name, the first answered question gives it one.</summary>
public sealed record NewRoom(
    string? Name = null, string? SystemPrompt = null, bool? Temporary = null, string? Model = null, string? Thinking = null, bool? Search = null);

/// <summary>What to change of a room. What is null stays; an empty system prompt removes it.</summary>
public sealed record RoomChange(string? Name = null, string? SystemPrompt = null, bool? Pinned = null, bool? Archived = null, long? Head = null);

/// <summary>A room without its messages.</summary>
public sealed record Room(
    Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? UpdatedAt = null, long? Version = null, bool Pinned = false, bool Archived = false);

/// <summary>A page of rooms.</summary>
/// <param name="Rooms">The rooms.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
public sealed record RoomPage(IReadOnlyList<Room> Rooms, string? Next);

/// <summary>A room with a page of its messages, in the order of their ids.</summary>
public sealed record RoomView(
    Guid Id, string Name, DateTimeOffset CreatedAt, long Version, IReadOnlyList<Message> Messages, string? SystemPrompt = null, long? Head = null);

/// <summary>A message to post. What is null is the room's, or the default.</summary>
/// <param name="Content">The text.</param>
/// <param name="Model">The model that answers.</param>
/// <param name="Thinking"><c>minimal</c>, <c>low</c>, <c>medium</c> or <c>high</c>.</param>
/// <param name="Search">Whether the model may search the web.</param>
/// <param name="Attachments">The ids of uploaded files.</param>
public sealed record NewMessage(
    string Content, string? Model = null, string? Thinking = null, bool? Search = null, IReadOnlyList<Guid>? Attachments = null)
{
    public static implicit operator NewMessage(string content) => new(content);
}

/// <summary>How another reply is made.</summary>
public sealed record ReplyOptions(string? Model = null, string? Thinking = null, bool? Search = null);

/// <summary>A posted message and its reply.</summary>
/// <param name="Message">What the user wrote.</param>
/// <param name="Reply">The reply to it, as it was then.</param>
/// <param name="Position">Open turns ahead of it; 0 runs at once.</param>
public sealed record PostedMessage(Message Message, Message Reply, int Position);

/// <summary>A message of a room.</summary>
/// <param name="Id">Counts up in its room.</param>
/// <param name="Sender"><c>user</c> or <c>ai</c>.</param>
/// <param name="Content">The text; of a reply being written, the text so far.</param>
/// <param name="Timestamp">When it was accepted.</param>
/// <param name="Status"><c>queued</c>, <c>generating</c>, <c>completed</c>, <c>stopped</c>, <c>incomplete</c> or <c>failed</c>.</param>
public sealed record Message(long Id, string Sender, string Content, DateTimeOffset Timestamp, string Status)
{
    public long? ReplyTo { get; init; }

    public long? ParentId { get; init; }

    public long? SupersededBy { get; init; }

    /// <summary>Of an incomplete or failed reply, why.</summary>
    public ReplyError? Error { get; init; }

    public string? Model { get; init; }

    public TokenUsage? Usage { get; init; }

    /// <summary>Of a reply being written, where <see cref="GeminiChatRoom.FollowAsync"/> goes on.</summary>
    public string? Cursor { get; init; }

    /// <summary>The model's summary of its thinking.</summary>
    public string? Thoughts { get; init; }

    public IReadOnlyList<Source>? Sources { get; init; }

    public IReadOnlyList<UploadedFile>? Attachments { get; init; }
}

/// <summary>Why a reply is incomplete or failed.</summary>
public sealed record ReplyError(string Reason, string Detail, bool Retryable);

/// <summary>Tokens as the model counted them.</summary>
public sealed record TokenUsage(long InputTokens, long OutputTokens, long? ThoughtTokens = null, long? CachedTokens = null);

/// <summary>A web page that a reply is based on.</summary>
public sealed record Source(string Url, string Title);

/// <summary>An uploaded file.</summary>
public sealed record UploadedFile(Guid Id, string Name, string MediaType, long Size);

/// <summary>Problem details (RFC 9457), with the members that the service adds.</summary>
public sealed record ProblemDetails(string? Type = null, string? Title = null, int? Status = null, string? Detail = null, string? Instance = null)
{
    /// <summary>Of a failed reply, why: one word, for programs.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a failed reply, whether asking again can help.</summary>
    public bool? Retryable { get; init; }

    /// <summary>Of a daily limit, how much is allowed.</summary>
    public long? Limit { get; init; }

    /// <summary>Of a daily limit, when there is more.</summary>
    public DateTimeOffset? ResetsAt { get; init; }

    /// <summary>The tier that allows the request.</summary>
    public string? RequiredTier { get; init; }
}

internal sealed record SendOtpBody(string MobileNumber);

internal sealed record VerifyOtpBody(string MobileNumber, string OtpCode, Guid? RequestId);

internal sealed record LoginBody(string MobileNumber, string Password);

internal sealed record RefreshBody(string RefreshToken);

internal sealed record LogoutBody(bool Everywhere);

internal sealed record TokenAnswer(string AccessToken, string RefreshToken, int ExpiresIn);

internal sealed record FailedData(ProblemDetails Problem);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OtpSent))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(NewRoom))]
[JsonSerializable(typeof(RoomChange))]
[JsonSerializable(typeof(IReadOnlyList<Room>))]
[JsonSerializable(typeof(RoomView))]
[JsonSerializable(typeof(NewMessage))]
[JsonSerializable(typeof(ReplyOptions))]
[JsonSerializable(typeof(PostedMessage))]
[JsonSerializable(typeof(UploadedFile))]
[JsonSerializable(typeof(SendOtpBody))]
[JsonSerializable(typeof(VerifyOtpBody))]
[JsonSerializable(typeof(LoginBody))]
[JsonSerializable(typeof(RefreshBody))]
[JsonSerializable(typeof(LogoutBody))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(ReplyEvent.Accepted))]
[JsonSerializable(typeof(ReplyEvent.Thought))]
[JsonSerializable(typeof(ReplyEvent.Token))]
[JsonSerializable(typeof(ReplyEvent.Reset))]
[JsonSerializable(typeof(FailedData))]
internal sealed partial class ClientJson : JsonSerializerContext;
