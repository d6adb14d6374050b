using System.Data.Common;
using GeminiChat.Silo.Store.Search;
using GeminiChat.Silo.Store.Writing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Orleans.Configuration;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>A PostgreSQL database, which the silos of a cluster share.</summary>
internal sealed class PostgresDatabase(
    DatabaseAddress.Postgres address,
    StoreTimeouts timeouts,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<PostgresDatabase> logger) : Database(logger)
{
    private const string FinishAndTouchRoom = $"""
        with ended as (
          update messages
          set {RoomWrites.EndReply}
          where room_id = @room and id = @id and attempt = @attempt and sender = 1 and status < 2
          returning room_id
        )
        {RoomWrites.TouchRoom} from ended where rooms.room_id = ended.room_id
        """;

    private const string FinishCountAndTouchRoom = $"""
        with ended as (
          update messages
          set {RoomWrites.EndReply}
          where room_id = @room and id = @id and attempt = @attempt and sender = 1 and status < 2
          returning room_id
        ), counted as (
          {RoomWrites.AddSearches} from ended {RoomWrites.OrToExistingUsage}
        )
        {RoomWrites.TouchRoom} from ended where rooms.room_id = ended.room_id
        """;

    // An update returns the new row, so the old charged_day is read in a subquery. The usage does not change meanwhile, because
    // the transaction holds the user's lock.
    private const string FinishRefundAndTouchRoom = $"""
        with ended as (
          update messages m
          set {RoomWrites.EndReply},
            charged_day = case when was.is_refunded then null else m.charged_day end
          from (
            select room_id, id, charged_day, exists (
              select 1 from usage where user_id = @user and utc_day = charged_day and {RoomWrites.IsRefundable}) as is_refunded
            from messages where room_id = @room and id = @id for update) was
          where m.room_id = was.room_id and m.id = was.id and m.attempt = @attempt and m.sender = 1 and m.status < 2
          returning m.room_id, was.charged_day, was.is_refunded
        ), refund as (
          {RoomWrites.RefundUsage} from ended
          where usage.user_id = @user and utc_day = ended.charged_day and ended.is_refunded
        )
        {RoomWrites.TouchRoom} from ended where rooms.room_id = ended.room_id
        """;

    // A statement of its own, because the refund may change the same row of usage. It locks the reply, so both find it pending, or none.
    private const string CountSearchesOfPendingReply = $"""
        {RoomWrites.AddSearches} from (
          select 1 from messages
          where room_id = @room and id = @id and attempt = @attempt and sender = 1 and status < 2 for update) pending
        {RoomWrites.OrToExistingUsage}
        """;

    private readonly string _connectionString = PostgresConnections.WithTimeouts(address.ConnectionString);

    // Without Npgsql's log: it would repeat each failure that is logged here.
    private readonly NpgsqlDataSource _source =
        new NpgsqlDataSourceBuilder(PostgresConnections.WithTimeouts(address.ConnectionString)) { Name = "geminichat" }
            .UseLoggerFactory(NullLoggerFactory.Instance)
            .Build();

    public override string Display => address.Display;

    public override ImmutableArray<string> FinishReplySql { get; } = [FinishAndTouchRoom];

    public override ImmutableArray<string> FinishReplyAndCountSearchesSql { get; } = [FinishCountAndTouchRoom];

    public override ImmutableArray<string> FinishReplyAndRefundSql { get; } = [FinishRefundAndTouchRoom];

    public override ImmutableArray<string> FinishReplyCountSearchesAndRefundSql { get; } = [CountSearchesOfPendingReply, FinishRefundAndTouchRoom];

    public override MessageIndex Index => PostgresMessageIndex.Instance;

    public override string ArrayTable(string parameter) => $"unnest({parameter}) as k(value)";

    public override object ArrayParameter(ImmutableArray<long> values) => values.ToArray();

    public override object ArrayParameter(ImmutableArray<Guid> values) => values.ToArray();

    public override async Task<IAsyncDisposable?> TryLock(bool shared, CancellationToken cancellationToken)
    {
        var target = new LockTarget(PostgresConnections.WithoutPooling(_connectionString), Display, shared);
        if (await LockSession.TryOpen(target, time, cancellationToken) is not { } session)
        {
            return null;
        }

        var held = new PostgresLock(session, target, timeouts, time, application, logger);
        held.StartMonitor();
        return held;
    }

    public override Task Migrate(CancellationToken cancellationToken) =>
        PostgresSchema.Migrate(_connectionString, time, logger, cancellationToken);

    public override void ConfigureGrainStorage(AdoNetGrainStorageOptions options)
    {
        options.Invariant = "Npgsql";
        options.DataSource = _source;
    }

    public override IBatchRunner OpenRunner() => new PostgresBatchRunner(_source, timeouts, time);

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    protected override async Task<T> ReadOffThread<T>(Func<DbConnection, Task<T>> query)
    {
        await using var connection = await _source.OpenConnectionAsync();
        return await query(connection);
    }
}
