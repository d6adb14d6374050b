using System.Data.Common;
using GeminiChat.Silo.Store.Search;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>The index in SQLite: an FTS5 table, which a trigger keeps in step with <c>message_words</c>.</summary>
internal sealed class SqliteMessageIndex : MessageIndex
{
    public static readonly SqliteMessageIndex Instance = new();

    // The joins stay in this order: the matches come newest first, and the query ends with the last one that is wanted.
    public override string Select { get; } = $"""
        select w.seq, w.room_id, r.name, {RowReader.MessageColumns}
        from message_index f
        cross join message_words w on w.seq = f.rowid
        cross join rooms r on r.room_id = w.room_id
        cross join messages m on m.room_id = w.room_id and m.id = w.id
        where f.message_index match @match and f.rowid < @before and r.user_id = @user and r.is_temporary = 0
        order by f.rowid desc limit @limit
        """;

    // Strings of FTS5 in double quotes, which are phrases of the words in them.
    public override string Match(IEnumerable<SearchTerm> terms) =>
        string.Join(" AND ", terms.Select(term => $"\"{string.Join(' ', term.Words)}\"{(term.IsPrefix ? "*" : "")}"));

    // The driver's timeout is only for locks.
    public override Task<IAsyncDisposable> BeginQuery(DbConnection connection, TimeSpan limit) =>
        Task.FromResult<IAsyncDisposable>(TimeProvider.System.CreateTimer(
            static handle => raw.sqlite3_interrupt((sqlite3)handle!), ((SqliteConnection)connection).Handle, limit, Timeout.InfiniteTimeSpan));

    public override bool IsTimeout(DbException failure) => failure is SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT };

    // Numbers of new messages go up, whatever the clock says: FTS5 adds rows in this order at the lowest cost.
    protected override string Insert(string condition) =>
        Insert("max(@seq, coalesce(max(seq), 0) + 1) from message_words", condition);

    // The first free number.
    protected override string InsertExisting(string condition) =>
        Insert("coalesce(max(seq) + 1, @seq) from message_words where seq >= @seq and seq < @seq + 1048576", condition);

    protected override string InsertCopies { get; } = $"""
        insert into message_words (seq, room_id, id, user_key, words)
        select (select max(@seq, coalesce(max(seq), 0)) from message_words) + row_number() over (order by w.id), @room, w.id - @shift,
          @key, replace(w.words, @from, @to)
        {FromCopies}
        on conflict (room_id, id) do nothing
        """;

    protected override string Format(IReadOnlyList<string> words, string userKey) => string.Join(' ', words);

    private static string Insert(string number, string condition) => $"""
        insert into message_words (seq, room_id, id, user_key, words)
        select (select {number}), @room, @id, @key, @words {condition}
        on conflict (room_id, id) do nothing
        """;
}
