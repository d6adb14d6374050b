using System.Data.Common;
using System.Text;
using GeminiChat.Silo.Store.Search;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>The index in PostgreSQL: a <c>tsvector</c> with a GIN index.</summary>
internal sealed class PostgresMessageIndex : MessageIndex
{
    public static readonly PostgresMessageIndex Instance = new();

    // More matches than these are not sorted at first.
    private const int MaxSorted = 2000;

    // So many of the user's newest messages are read then.
    private const int MaxRecent = 10_000;

    private const string IsInRoomOfUser = "(select true from rooms r where r.room_id = w.room_id and r.user_id = @user)";

    // There are three ways, of which the first has no result when it is too long. (1) Few messages have all the words: they are
    // sorted. (2) Many have them, so the newest messages of the user have enough of them. "is true" keeps the planner from the
    // index of the words, which has no order. (3) They do not: all matches are sorted. The index of the words has no other
    // user's messages under these words. It does not know the words' order, so phrases cost more.
    public override string Select { get; } = $"""
        with matches as materialized (
          select seq, room_id, id, words @@ @match::tsquery as is_match
          from message_words w where words @@ @words::tsquery and seq < @before limit {MaxSorted}
        ), many as materialized (
          select count(*) = {MaxSorted} as yes from matches
        ), recent as materialized (
          select w.seq, w.room_id, w.id
          from (
            select * from message_words
            where (select yes from many) and user_id = @user and seq < @before order by seq desc limit {MaxRecent}) w
          where (w.words @@ @match::tsquery) is true and {IsInRoomOfUser}
          order by w.seq desc limit @limit
        ), enough as materialized (
          select count(*) = @limit as yes from recent
        ), newest as materialized (
          (
            select seq, room_id, id from matches w
            where not (select yes from many) and is_match and {IsInRoomOfUser} order by seq desc limit @limit
          )
          union all
          select seq, room_id, id from recent where (select yes from enough)
          union all
          (
            select seq, room_id, id from message_words w
            where (select yes from many) and not (select yes from enough) and words @@ @match::tsquery and seq < @before
              and {IsInRoomOfUser}
            order by seq desc limit @limit
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

    public override string MatchWords(IEnumerable<SearchTerm> terms) => string.Join(" & ", terms.SelectMany(term =>
        term.Words.Select((word, i) => $"'{word}'{(term.IsPrefix && i == term.Words.Length - 1 ? ":*" : "")}")));

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
        select @room, w.id - @shift, @user, @seq + w.id - @shift, ts_delete(w.words, @key || @from) || array_to_tsvector(array[@key || @to])
        {OfCopies}
        on conflict do nothing
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
