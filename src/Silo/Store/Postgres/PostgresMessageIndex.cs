using System.Data.Common;
using System.Text;
using GeminiChat.Silo.Store.Search;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>The index in PostgreSQL: a <c>tsvector</c> with a GIN index.</summary>
internal sealed class PostgresMessageIndex : MessageIndex
{
    public static readonly PostgresMessageIndex Instance = new();

    // More matches than these are not sorted: it is faster to read the user's messages until there are enough matches.
    private const int MaxSorted = 2000;

    // The first part goes by the index of the words, which has no other user's messages under these words. If it ends early,
    // the last part goes by the index of the user's messages; "is true" keeps the planner from the index of the words.
    public override string Select { get; } = $"""
        with matches as materialized (
          select seq, room_id, id from message_words where words @@ @match::tsquery and seq < @before limit {MaxSorted}
        ), many as materialized (
          select count(*) = {MaxSorted} as yes from matches
        ), newest as materialized (
          (
            select m.seq, m.room_id, m.id
            from matches m join rooms r on r.room_id = m.room_id and r.user_id = @user
            where not (select yes from many)
            order by m.seq desc limit @limit
          )
          union all
          (
            select w.seq, w.room_id, w.id
            from message_words w
            where (select yes from many) and w.user_id = @user and w.seq < @before and (w.words @@ @match::tsquery) is true
              and (select true from rooms r where r.room_id = w.room_id and r.user_id = @user)
            order by w.seq desc limit @limit
          )
        )
        select w.seq, w.room_id, r.name, {RowReader.MessageColumns}
        from newest w
        join rooms r on r.room_id = w.room_id
        join messages m on m.room_id = w.room_id and m.id = w.id
        order by w.seq desc
        """;

    // Lexemes in single quotes. The words have no quotes and no backslashes.
    public override string Match(IEnumerable<SearchTerm> terms) => string.Join(" & ", terms.Select(term =>
        $"({string.Join(" <-> ", term.Words.Select(word => $"'{word}'"))}{(term.IsPrefix ? ":*" : "")})"));

    // The command has a timeout.
    public override IAsyncDisposable? LimitTime(DbConnection connection, TimeSpan limit) => null;

    protected override string Insert(string condition) => $"""
        insert into message_words (room_id, id, user_id, seq, words)
        select @room, @id, @user, @seq, @words::tsvector {condition}
        on conflict do nothing
        """;

    // The deletion of the room waits for this transaction, and then finds the words.
    protected override string InsertExisting(string condition) => Insert($"{condition} for key share");

    protected override string InsertCopies { get; } = $"""
        insert into message_words (room_id, id, user_id, seq, words)
        select @room, w.id - @shift, @user, @seq + w.id - @shift, ts_delete(w.words, @from) || array_to_tsvector(array[@to])
        {OfCopies}
        on conflict do nothing
        """;

    // Each word with its positions. The words have no quotes and no backslashes.
    protected override string Format(IReadOnlyList<string> words)
    {
        var text = new StringBuilder();
        foreach (var word in words.Index().GroupBy(word => word.Item, word => word.Index + 1, StringComparer.Ordinal))
        {
            text.Append('\'').Append(word.Key).Append("':").AppendJoin(',', word).Append(' ');
        }

        return text.ToString();
    }
}
