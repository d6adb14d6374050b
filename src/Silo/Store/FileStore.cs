using System.Data.Common;
using Dapper;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Gemini;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>
/// Files in the database. Bytes outside the database, here and at Gemini, always have a row in <c>files</c>, or one in
/// <c>file_erasures</c>: the row of the erasure is written before an upload, and with the deletion of a file.
/// </summary>
internal sealed partial class FileStore(Database database, GroupCommit writer) : IFileStore
{
    private const string Columns = "f.file_id, f.name, f.media_type, f.size, f.sha256, f.created_at";

    private const string NoMessageHasIt = "not exists (select 1 from message_files m where m.file_id = f.file_id)";

    private const string InsertUpload = """
        insert into file_erasures (file_id, user_id, erase_at)
        select @file, @user, @at where not exists (select 1 from files where file_id = @file)
        on conflict do nothing
        """;

    private const string OpenUpload = "select 1 from file_erasures where file_id = @file and user_id = @user and erase_at > @now";

    private const string CancelOpenUpload = "delete from file_erasures where file_id = @file and user_id = @user and erase_at > @now";

    private const string UsedSpace =
        "select cast(coalesce(sum(size), 0) as bigint) as bytes, count(*) as files from files where user_id = @user";

    // A file that is known by its key is not stored again.
    private static readonly string SelectFreeSpace = $"""
        select case
          when exists (select 1 from files where user_id = @user and idempotency_key = @key) then {long.MaxValue}
          when t.files < {IUserGrain.MaxFiles} then {RoomWrites.LimitOfUser} - t.bytes
          else 0 end
        from ({UsedSpace}) t
        """;

    // A file is only added while its erasure is known and not due.
    private static readonly string InsertFile = $"""
        insert into files (file_id, user_id, name, media_type, size, sha256, created_at, idempotency_key, unused_since)
        select @file, @user, @name, @type, @size, @sha256, @now, @key, @now
        where exists (select 1 from users where user_id = @user)
          and not exists (select 1 from deleted_users where user_id = @user)
          and exists ({OpenUpload})
          and not exists (select 1 from files where user_id = @user and idempotency_key = @key)
          and exists (
            select 1 from ({UsedSpace}) t
            where t.files < {IUserGrain.MaxFiles} and t.bytes + @size <= {RoomWrites.LimitOfUser})
        on conflict do nothing
        """;

    private const string CancelErasure = """
        delete from file_erasures
        where file_id = @file and exists (select 1 from files where file_id = @file and user_id = @user)
        """;

    private const string ReadAdded = """
        select
          (select count(*) from files where file_id = @file and user_id = @user),
          (select count(*) from deleted_users where user_id = @user),
          (select count(*) from files where user_id = @user and idempotency_key = @key),
          (select count(*) from file_erasures where file_id = @file and user_id = @user and erase_at > @now)
        """;

    private const string SelectOfKey =
        $"select {Columns} from files f where f.user_id = @userId and f.idempotency_key = @key";

    private const string SelectPage =
        $"select {Columns} from files f where f.user_id = @userId and f.file_id > @after order by f.file_id limit @limit";

    private static readonly ImmutableArray<string> EraseOne = Erase($"f.file_id = @file and f.user_id = @user and {NoMessageHasIt}");

    private const string UpdateHandle = """
        update files set gemini_name = @name, gemini_uri = @uri, gemini_project = @project, gemini_expires_at = @end
        where file_id = @file and user_id = @user and coalesce(gemini_name, '') = @old
        """;

    private string SelectHandles => field ??= $"""
        select f.file_id, f.gemini_name, f.gemini_uri, f.gemini_project, f.gemini_expires_at
        from {database.ArrayTable("@ids")} cross join files f
        where f.file_id = k.value and f.user_id = @userId and f.gemini_name is not null
        """;

    // The cross join keeps SQLite from reading all files of the user.
    private string SelectOfIds => field ??= $"""
        select {Columns} from {database.ArrayTable("@ids")} cross join files f where f.file_id = k.value and f.user_id = @userId
        """;

    public Task BeginUpload(Guid userId, Guid fileId, DateTimeOffset eraseAt) =>
        Write(userId, new Statement(InsertUpload, [("file", fileId), ("user", userId), ("at", eraseAt)]));

    public Task CancelUpload(Guid userId, Guid fileId, DateTimeOffset now) =>
        Write(userId, new Statement(CancelOpenUpload, [("file", fileId), ("user", userId), ("now", now)]));

    public async Task<long> MeasureFreeSpace(Guid userId, string? idempotencyKey, TierOptions limits, DateTimeOffset now)
    {
        var parameters = new
        {
            user = userId,
            key = idempotencyKey,
            now = now.ToUnixTimeMilliseconds(),
            basic = limits.Of(Tier.Basic).StorageBytes,
            pro = limits.Of(Tier.Pro).StorageBytes,
        };
        return Math.Max(0, await database.Read(connection => connection.ExecuteScalarAsync<long>(SelectFreeSpace, parameters)));
    }

    // With the user's lock: another upload may take the rest of the space, and another process may be deleting the user.
    public async Task<AddFileOutcome> Add(Guid userId, UserFile file, string? idempotencyKey, TierOptions limits)
    {
        ImmutableArray<(string, SqlValue)> own = [("file", file.Id), ("user", userId), ("key", idempotencyKey), ("now", file.CreatedAt)];
        var insert = new Statement(InsertFile,
        [
            .. own,
            ("name", file.Name),
            ("type", file.MediaType),
            ("size", file.Size),
            ("sha256", file.Sha256),
            ("basic", limits.Of(Tier.Basic).StorageBytes),
            ("pro", limits.Of(Tier.Pro).StorageBytes),
        ]);
        var (isAdded, isUserDeleted, isKeyKnown, isOpen) = await writer.Write(new WriteOperation<(bool, bool, bool, bool)>(
            WrittenTable.Files,
            userId,
            userId,
            [insert, new(CancelErasure, own)],
            new(ReadAdded, own),
            row => (row[0] > 0, row[1] > 0, row[2] > 0, row[3] > 0))
        {
            LocksUser = true,
        });
        return isAdded ? new AddFileOutcome.Added(file)
            : isUserDeleted ? new AddFileOutcome.UserAbsent()
            : isKeyKnown ? await AnswerRepeat(userId, file, idempotencyKey!)
            : !isOpen ? throw new StoreUnavailableException("The bytes of the file are due to be erased. It must be uploaded again.")
            : new AddFileOutcome.StorageFull();
    }

    public Task<ImmutableArray<UserFile>> Find(Guid userId, ImmutableArray<Guid> ids) =>
        database.ReadAll(SelectOfIds, new { userId, ids = database.ArrayParameter(ids) }, ToFile);

    public Task<ImmutableArray<UserFile>> List(Guid userId, Guid after, int limit) =>
        database.ReadAll(SelectPage, new { userId, after, limit }, ToFile);

    // With the user's lock: a message may be about to get the file.
    public async Task<DeleteFileOutcome> Delete(Guid userId, Guid fileId)
    {
        ImmutableArray<(string, SqlValue)> parameters = [("file", fileId), ("user", userId)];
        return await Write(userId, [.. EraseOne.Select(sql => new Statement(sql, parameters))]) ? DeleteFileOutcome.Deleted
            : (await Find(userId, [fileId])).IsEmpty ? DeleteFileOutcome.Absent
            : DeleteFileOutcome.InUse;
    }

    /// <summary>Gemini's copies of files, by the id of the file.</summary>
    public async Task<Dictionary<Guid, GeminiFileHandle>> FindHandles(Guid userId, ImmutableArray<Guid> ids)
    {
        var found = await database.ReadAll(
            SelectHandles,
            new { userId, ids = database.ArrayParameter(ids) },
            row => (row.GetGuid(0), new GeminiFileHandle(row.GetString(1), RowReader.TextOrNull(row, 2), row.GetString(3), RowReader.Timestamp(row, 4))));
        return found.ToDictionary();
    }

    /// <summary>
    /// Stores Gemini's copy of a file, null for none; false when the file has been deleted, or has another copy than the one to replace.
    /// </summary>
    public Task<bool> SetHandle(Guid userId, Guid fileId, GeminiFileHandle? handle, string? oldName = null) => writer.Write(
        new WriteOperation(WrittenTable.Files, userId, userId,
        [
            new(UpdateHandle,
            [
                ("file", fileId), ("user", userId), ("name", handle?.Name), ("uri", handle?.Uri), ("project", handle?.Project), ("end", handle?.ExpiresAt),
                ("old", oldName ?? ""),
            ]),
        ]));

    private async Task<AddFileOutcome> AnswerRepeat(Guid userId, UserFile file, string key)
    {
        var known = (await database.ReadAll(SelectOfKey, new { userId, key }, ToFile)).SingleOrDefault();
        return known is null ? throw new StoreUnavailableException("The file of this key was just deleted.")
            : (known.Name, known.Sha256) == (file.Name, file.Sha256) ? new AddFileOutcome.Added(known)
            : new AddFileOutcome.KeyReused();
    }

    private static UserFile ToFile(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetString(4), RowReader.Timestamp(row, 5));

    private Task<bool> Write(Guid userId, params ImmutableArray<Statement> statements) =>
        writer.Write(new WriteOperation(WrittenTable.Files, userId, userId, statements) { LocksUser = true });
}
