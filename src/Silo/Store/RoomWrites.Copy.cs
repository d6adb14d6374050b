using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>The part about copies of messages in a new room.</summary>
internal sealed partial class RoomWrites
{
    // A copy has no key, counts for no day, and nothing is superseded in it: it has one reply to each message. It follows the
    // message before it, so the message that a reply answers has the id before.
    private const string CopyMessages = """
        insert into messages (
          room_id, id, sender, content, created_at, status, reply_to, reason, model, input_tokens, output_tokens, attempt, touched_at,
          thoughts, details, context_skipped, thought_tokens, cached_tokens, search_queries)
        select @room, m.id - @shift, m.sender, m.content, m.created_at, m.status,
          case when m.sender = 1 then m.id - @shift - 1 end, m.reason, m.model, m.input_tokens, m.output_tokens, m.attempt, @created,
          m.thoughts, m.details, m.context_skipped, m.thought_tokens, m.cached_tokens, m.search_queries
        from messages m
        where m.room_id = @source and m.id between @first and @last
          and exists (select 1 from rooms where room_id = @source and user_id = @user)
          and exists (select 1 from rooms where room_id = @room and user_id = @user and created_as = @as and next_id > m.id - @shift)
        on conflict do nothing
        """;

    private const string CopyFiles = """
        insert into message_files (room_id, message_id, file_id, user_id)
        select @room, f.message_id - @shift, f.file_id, f.user_id
        from message_files f
        where f.room_id = @source and f.message_id between @first and @last
          and exists (select 1 from rooms where room_id = @source and user_id = @user)
          and exists (select 1 from rooms where room_id = @room and user_id = @user and created_as = @as and next_id > f.message_id - @shift)
        on conflict do nothing
        """;

    /// <summary>The statements that copy messages of another room into a new one, with their words.</summary>
    public ImmutableArray<Statement> Copy(RoomKey room, RoomRow row, RoomCopy copy)
    {
        var statements = ImmutableArray.CreateBuilder<Statement>();
        var next = 1L;
        foreach (var range in copy.Ranges)
        {
            var shift = range.First - next;
            ImmutableArray<(string, SqlValue)> parameters =
            [
                ("room", room.RoomId),
                ("user", room.UserId),
                ("as", row.CreationFingerprint),
                ("source", copy.SourceRoomId),
                ("first", range.First),
                ("last", range.Last),
                ("shift", shift),
                ("created", row.Summary.CreatedAt),
            ];
            statements.AddRange(new Statement(CopyMessages, parameters), new Statement(CopyFiles, parameters));
            statements.AddRange(database.Index.AddCopies(room, room with { RoomId = copy.SourceRoomId }, range, shift, row.Summary.CreatedAt));
            next += range.Count();
        }

        return statements.DrainToImmutable();
    }
}
