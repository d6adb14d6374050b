using System.Text;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>
/// Converts a room's old messages to turns, one message at a time. The ids have no gaps, and each question has a reply.
/// </summary>
/// <remarks>
/// When a question has several answers, the last one counts, as if the reply had been regenerated. A question without an answer
/// gets a reply that failed as <see cref="EndReasons.Interrupted"/>, so that the user can regenerate it. The FastAPI service
/// first stored "(processing...)" as answer, and left it there after a failure. Such messages are skipped.
/// </remarks>
internal sealed class TurnMapper(Guid roomId, long legacyRoomId, DateTimeOffset createdAt, ImportReport report)
{
    public const string Messages = "messages moved";
    public const string FailedReplies = "questions without an answer, moved with a failed reply";
    public const string Placeholders = "messages that stood for an answer which never came, not moved";
    public const string WithoutQuestion = "answers before any question, not moved";
    public const string UnknownSender = "messages of an unknown sender, not moved";
    public const string WithoutText = "questions without text, moved as (empty)";
    public const string TooLong = "messages over 512 KB, cut";

    private const string Placeholder = "(processing...)";
    private const string Empty = "(empty)";

    // In UTF-8, as for replies of this service.
    private const int MaxBytes = 512 * 1024;

    private ImportedMessage? _question;
    private ImportedMessage? _answer;
    private DateTimeOffset _at = createdAt;
    private long _lastId;

    /// <summary>The id of the room's next message.</summary>
    public long NextId => _lastId + 1;

    /// <summary>The time of the last message.</summary>
    public DateTimeOffset UpdatedAt => _at;

    /// <summary>Takes the next message.</summary>
    /// <returns>The messages that can be stored now.</returns>
    public async Task<IReadOnlyList<ImportedMessage>> Take(FastApiMessage message)
    {
        var sender = message.Sender?.Trim().ToLowerInvariant();
        var content = message.Content ?? "";
        if (sender is "user" or "human")
        {
            var settled = End();
            _at = message.Timestamp ?? _at;
            if (string.IsNullOrWhiteSpace(content))
            {
                await report.List(WithoutText, Name(message));
                content = Empty;
            }

            _question = new ImportedMessage(
                roomId, ++_lastId, Sender.User, await Cut(message, content), _at, MessageStatus.Completed);
            report.Count(Messages);
            return [.. settled, _question];
        }

        return sender is "ai" or "assistant" or "bot" or "model" or "gemini"
            ? await TakeAnswer(message, content)
            : await Skip(UnknownSender, message);
    }

    /// <summary>Completes the current turn: before each question, and at the end.</summary>
    public IReadOnlyList<ImportedMessage> End()
    {
        var (question, answer) = (_question, _answer);
        (_question, _answer) = (null, null);
        if (question is null)
        {
            return [];
        }

        if (answer is null)
        {
            report.Count(FailedReplies);
        }

        return [answer ?? new ImportedMessage(roomId, ++_lastId, Sender.Ai, "", question.At, MessageStatus.Failed)
        {
            ReplyTo = question.Id,
            Reason = EndReasons.Interrupted,
        }];
    }

    private async Task<IReadOnlyList<ImportedMessage>> TakeAnswer(FastApiMessage message, string content)
    {
        if (string.IsNullOrWhiteSpace(content) || content.Trim() == Placeholder)
        {
            report.Count(Placeholders);
            return [];
        }

        if (_question is null)
        {
            return await Skip(WithoutQuestion, message);
        }

        var before = _answer;
        _at = message.Timestamp ?? _at;
        var cut = await Cut(message, content);
        var isWhole = cut.Length == content.Length;
        _answer = new ImportedMessage(
            roomId, ++_lastId, Sender.Ai, cut, _at, isWhole ? MessageStatus.Completed : MessageStatus.Incomplete)
        {
            ReplyTo = _question.Id,
            Reason = isWhole ? null : EndReasons.Length,
            Regenerates = before?.Id,
        };
        report.Count(Messages);
        return before is null ? [] : [before with { SupersededBy = _answer.Id }];
    }

    private async Task<IReadOnlyList<ImportedMessage>> Skip(string why, FastApiMessage message)
    {
        await report.List(why, Name(message));
        return [];
    }

    private async Task<string> Cut(FastApiMessage message, string content)
    {
        if (Encoding.UTF8.GetByteCount(content) <= MaxBytes)
        {
            return content;
        }

        await report.List(TooLong, Name(message));
        var (bytes, length) = (0, 0);
        foreach (var rune in content.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxBytes)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return content[..length];
    }

    private string Name(FastApiMessage message) => $"message {message.Id} of room {legacyRoomId}";
}

/// <summary>A message to store.</summary>
internal sealed record ImportedMessage(
    Guid RoomId, long Id, Sender Sender, string Content, DateTimeOffset At, MessageStatus Status)
{
    private const string Sql = """
        insert into messages (
          room_id, id, sender, content, created_at, status, reply_to, superseded_by, reason, attempt, touched_at, regenerates)
        values (@room, @id, @sender, @content, @at, @status, @replyTo, @by, @reason, @attempt, @at, @regenerates)
        """;

    public long? ReplyTo { get; init; }

    public long? SupersededBy { get; init; }

    public long? Regenerates { get; init; }

    public string? Reason { get; init; }

    public ImportStatement ToInsert() => new(Sql,
    [
        ("room", RoomId),
        ("id", Id),
        ("sender", (int)Sender),
        ("content", Content),
        ("at", At.ToUnixTimeMilliseconds()),
        ("status", (int)Status),
        ("replyTo", ReplyTo),
        ("by", SupersededBy),
        ("reason", Reason),
        ("attempt", Sender is Sender.Ai ? 1 : 0),
        ("regenerates", Regenerates),
    ]);
}
