using System.Data.Common;
using System.Text;
using Dapper;
using GeminiChat.Silo.Store.Search;
using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>The index in PostgreSQL: a <c>tsvector</c> with a GIN index.</summary>
internal sealed class PostgresMessageIndex : MessageIndex
{
    public static readonly PostgresMessageIndex Instance = new();

    // So many of the newest messages are read before the index of the words.
    private const int MaxRecent = 1000;

    // With this many matches in the newest messages, scanning further back fills the page quickly.
    private const int MinOfFrequent = 3;

    private const string IsInRoomOfUser = "(select true from rooms r where r.room_id = w.room_id and r.user_id = @user and r.is_temporary = 0)";

    public override string Select { get; } = SelectBy("seq", "user_id = @user");

    // Through the primary key: in the word index, the entries of a common word and of the room are compared one by one.
    public override string SelectInRoom { get; } = SelectBy("id", "room_id = @room");

    // Lexemes in single quotes. The words have no quotes and no backslashes.
    public override string Match(IEnumerable<SearchTerm> terms) => string.Join(" & ", terms.Select(term =>
        $"({string.Join(" <-> ", term.Words.Select(word => $"'{word}'"))}{(term.IsPrefix ? ":*" : "")})"));

    // A transaction, so that the settings are reset at its end. To compile the query takes longer than to run it.
    public override async Task<IAsyncDisposable> BeginQuery(DbConnection connection, TimeSpan limit)
    {
        var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            $"set local jit = off; set local enable_seqscan = off; set local statement_timeout = {(long)limit.TotalMilliseconds}",
            transaction: transaction);
        return transaction;
    }

    public override bool IsTimeout(DbException failure) => failure is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    protected override string Insert(string condition) => $"""
        insert into message_words (room_id, id, user_id, seq, words)
        select @room, @id, @user, @seq, @words::tsvector {condition}
        on conflict do nothing
        """;

    // The deletion of the room waits for this transaction, and then finds the words.
    protected override string InsertExisting(string condition) => Insert($"{condition} for key share");

    protected override string InsertCopies { get; } = $"""
        insert into message_words (room_id, id, user_id, seq, words)
        select @room, w.id - @shift, @user, @seq + w.id - @shift, ts_delete(w.words, @key || @from) || array_to_tsvector(array[@key || @to])
        {FromCopies}
        on conflict do nothing
        """;

    // Common words fill the page from the newest messages. With some matches there, older messages are scanned in the same order. With
    // fewer, the word index is read and sorted; it has no other user's messages under these words. A phrase of common words has very
    // many entries in it, because it ignores the order of words. "is true" keeps the planner from an index that does not help.
    private static string SelectBy(string number, string scope) => $"""
        with recent as materialized (
          select w.{number} as number, w.room_id, w.id
          from (
            select * from message_words where {scope} and {number} < @before order by {number} desc limit {MaxRecent}) w
          where (w.words @@ @match::tsquery) is true and {IsInRoomOfUser}
          order by w.{number} desc limit @limit
        ), found as materialized (
          select count(*) as matches from recent
        ), newest as materialized (
          select number, room_id, id from recent where (select matches from found) = @limit
          union all
          (
            select {number}, room_id, id from message_words w
            where (select matches from found) >= {MinOfFrequent} and (select matches from found) < @limit
              and {scope} and {number} < @before and (words @@ @match::tsquery) is true and {IsInRoomOfUser}
            order by {number} desc limit @limit
          )
          union all
          (
            select {number}, room_id, id from message_words w
            where (select matches from found) < least({MinOfFrequent}, @limit)
              and words @@ @match::tsquery and ({number} < @before) is true and {IsInRoomOfUser}
            order by {number} desc limit @limit
          )
        )
        select w.number, w.room_id, r.name, {RowReader.MessageColumns}
        from newest w
        join rooms r on r.room_id = w.room_id
        join messages m on m.room_id = w.room_id and m.id = w.id
        order by w.number desc
        """;

    // Each word with its positions. The words have no quotes and no backslashes.
    protected override string Format(IReadOnlyList<string> words, string userKey)
    {
        var positions = new OrderedDictionary<string, List<int>>(words.Count, StringComparer.Ordinal);
        foreach (var (index, word) in words.Index())
        {
            positions.TryAdd(word, []);
            positions[word].Add(index + 1);
        }

        var text = new StringBuilder();
        foreach (var (word, at) in positions)
        {
            text.Append('\'').Append(userKey).Append(word).Append("':").AppendJoin(',', at).Append(' ');
        }

        return text.ToString();
    }
}
