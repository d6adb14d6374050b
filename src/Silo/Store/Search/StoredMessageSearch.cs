using System.Data.Common;
using Dapper;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Store.Search;

/// <summary>Searches the index of the database.</summary>
internal sealed class StoredMessageSearch(Database database) : IMessageSearch
{
    // A match after so much of a message is not in the snippet.
    private const int MaxSnippetSource = 50_000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public async Task<SearchOutcome> Search(Guid userId, MessageSearch search)
    {
        if (SearchQuery.Parse(search.Text) is not { } query)
        {
            return new SearchOutcome.InvalidText();
        }

        if (await database.Read(connection => ReadInTime(connection, userId, search, query)) is not { } rows)
        {
            return new SearchOutcome.TimedOut();
        }

        return rows.Length > search.Limit
            ? new SearchOutcome.Found([.. rows[..search.Limit].Select(row => row.Message)], rows[search.Limit - 1].Number)
            : new SearchOutcome.Found([.. rows.Select(row => row.Message)], Next: null);
    }

    // A search that takes too long once would do so again, so it is not like an outage of the database.
    private async Task<ImmutableArray<(FoundMessage Message, long Number)>?> ReadInTime(
        DbConnection connection, Guid userId, MessageSearch search, SearchQuery query)
    {
        try
        {
            return await Read(connection, userId, search, query);
        }
        catch (DbException failure) when (database.Index.IsTimeout(failure))
        {
            return null;
        }
    }

    // One more row than wanted tells that there are more.
    private async Task<ImmutableArray<(FoundMessage Message, long Number)>> Read(
        DbConnection connection, Guid userId, MessageSearch search, SearchQuery query)
    {
        var index = database.Index;
        await using var running = await index.BeginQuery(connection, Timeout);
        await using var reader = await connection.ExecuteReaderAsync(
            search.RoomId is null ? index.Select : index.SelectInRoom,
            new
            {
                match = index.Match(MessageWords.TermsOf(query, userId, search.RoomId)),
                before = search.Before ?? long.MaxValue,
                user = userId,
                room = search.RoomId,
                limit = search.Limit + 1,
            },
            running as DbTransaction);
        var rows = ImmutableArray.CreateBuilder<(FoundMessage, long)>();
        while (await reader.ReadAsync())
        {
            rows.Add((MessageOf(reader, query), reader.GetInt64(0)));
        }

        return rows.DrainToImmutable();
    }

    private static FoundMessage MessageOf(DbDataReader row, SearchQuery query)
    {
        var message = RowReader.Message(row, 3);
        var length = Math.Min(message.Content.Length, MaxSnippetSource);
        var (snippet, highlights) = Snippet.Of(message.Content[..length], query);
        return new FoundMessage(
            row.GetGuid(1), row.GetString(2), message.Id, message.Sender, message.Timestamp, snippet, highlights);
    }
}
