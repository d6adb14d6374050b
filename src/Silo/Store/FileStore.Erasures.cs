using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>What must be erased, and when.</summary>
internal sealed partial class FileStore
{
    private const string SelectUnused = """
        select user_id, file_id from files where unused_since < @before order by unused_since limit @limit
        """;

    private const string SelectAfter = $"""
        select f.user_id, f.file_id, case when f.unused_since is null and {NoMessageHasIt} then 1 else 0 end
        from files f where f.file_id > @after order by f.file_id limit @limit
        """;

    // After its end, Google has no copy.
    private const string SelectErasures = """
        select user_id, file_id, case when gemini_expires_at > @now then gemini_name end, gemini_project
        from file_erasures where erase_at <= @now order by erase_at limit @limit
        """;

    private const string UpdateEraseAt = "update file_erasures set erase_at = @at where file_id = @file";

    private const string DeleteErasure = "delete from file_erasures where file_id = @file";

    // It runs before the room's row is deleted, because message_files goes with that row. So only the files of this room are read.
    private static readonly ImmutableArray<string> EraseFilesOfDeletedRoom = Erase("""
        f.user_id = @user
          and f.file_id in (select file_id from message_files where room_id = @room)
          and not exists (select 1 from message_files m where m.file_id = f.file_id and m.room_id <> @room)
          and exists (select 1 from deleted_rooms where room_id = @room and user_id = @user)
        """);

    private static readonly ImmutableArray<string> EraseFilesOfDeletedUser = Erase(
        "f.user_id = @user and exists (select 1 from deleted_users where user_id = @user and is_erased = 1)");

    /// <summary>
    /// The statements that erase the files that only the messages of a deleted room have. To be run between the insert of its tombstone
    /// and the delete of its row.
    /// </summary>
    public static IEnumerable<Statement> EraseFilesOf(RoomKey room) =>
        EraseFilesOfDeletedRoom.Select(sql => new Statement(sql, [("user", room.UserId), ("room", room.RoomId)]));

    /// <summary>The statements that erase the files of an erased user.</summary>
    public static IEnumerable<Statement> EraseFilesOf(Guid userId) =>
        EraseFilesOfDeletedUser.Select(sql => new Statement(sql, [("user", userId)]));

    /// <summary>Files that were uploaded before a time and are in no message.</summary>
    public Task<ImmutableArray<(Guid UserId, Guid FileId)>> ListUnused(DateTimeOffset uploadedBefore, int limit) => database.ReadAll(
        SelectUnused, new { before = uploadedBefore.ToUnixTimeMilliseconds(), limit }, row => (row.GetGuid(0), row.GetGuid(1)));

    /// <summary>
    /// The files of all users in the order of their ids, and whether one was in a message and is in none any more. A process of the
    /// previous version leaves such a file when it deletes a room or a user.
    /// </summary>
    public Task<ImmutableArray<(Guid UserId, Guid FileId, bool IsOrphaned)>> ListAll(Guid after, int limit) => database.ReadAll(
        SelectAfter, new { after, limit }, row => (row.GetGuid(0), row.GetGuid(1), row.GetInt64(2) > 0));

    /// <summary>What must be erased now.</summary>
    public Task<ImmutableArray<FileErasureRow>> ListErasures(DateTimeOffset now, int limit) => database.ReadAll(
        SelectErasures,
        new { now = now.ToUnixTimeMilliseconds(), limit },
        row => new FileErasureRow(row.GetGuid(0), row.GetGuid(1), RowReader.TextOrNull(row, 2), RowReader.TextOrNull(row, 3)));

    /// <summary>Records when an erasure that failed is tried again.</summary>
    public Task PostponeErasure(FileErasureRow erasure, DateTimeOffset eraseAt) => Write(erasure, UpdateEraseAt, ("at", eraseAt));

    /// <summary>Records that bytes have been erased everywhere.</summary>
    public Task CompleteErasure(FileErasureRow erasure) => Write(erasure, DeleteErasure);

    private static ImmutableArray<string> Erase(string condition) =>
    [
        $"""
        insert into file_erasures (file_id, user_id, erase_at, gemini_name, gemini_project, gemini_expires_at)
        select f.file_id, f.user_id, 0, f.gemini_name, f.gemini_project, f.gemini_expires_at from files f where {condition}
        on conflict (file_id) do nothing
        """,
        $"delete from files as f where {condition}",
    ];

    private Task Write(FileErasureRow erasure, string sql, params ImmutableArray<(string, SqlValue)> parameters) => writer.Write(
        new WriteOperation(WrittenTable.Files, erasure.UserId, erasure.UserId, [new(sql, [("file", erasure.FileId), .. parameters])]));
}

/// <summary>Bytes that must be erased: the object of a file, and Gemini's copy if there is one.</summary>
internal sealed record FileErasureRow(Guid UserId, Guid FileId, string? GeminiName, string? GeminiProject);
