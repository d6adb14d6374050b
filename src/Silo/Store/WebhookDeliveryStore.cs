using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>
/// The stored events for the receivers of webhooks. Of the events with the same ordering key only the oldest can be sent. So they
/// arrive in their order, however many processes send.
/// </summary>
internal sealed class WebhookDeliveryStore(Database database, GroupCommit writer)
{
    private const string SelectDue = """
        select d.seq, d.event_id, d.ordering_key, d.payload, d.created_at, d.attempts
        from webhook_deliveries d
        where d.endpoint = @endpoint and d.due_at <= @now and d.leased_until <= @now
          and not exists (
            select 1 from webhook_deliveries p
            where p.endpoint = d.endpoint and p.ordering_key = d.ordering_key and p.seq < d.seq)
        order by d.due_at, d.seq limit @limit
        """;

    private const string ClaimRow = """
        update webhook_deliveries set leased_until = @until, attempts = attempts + 1
        where seq = @seq and attempts = @attempts and due_at <= @now and leased_until <= @now
        """;

    private const string DeleteRow = "delete from webhook_deliveries where seq = @seq";

    // Some of the rows behind it wait too, so that they are not looked at before. Every statement changes a bounded number of rows: the
    // writes of turns wait for it.
    private const string PostponeKey = """
        update webhook_deliveries set due_at = @due, leased_until = 0
        where seq in (
          select seq from webhook_deliveries where endpoint = @endpoint and ordering_key = @key order by seq limit @limit)
        """;

    private const string MakeRowsDue = """
        update webhook_deliveries set due_at = @now
        where seq in (
          select seq from webhook_deliveries where endpoint = @endpoint and due_at > @now order by due_at, seq limit @limit)
        """;

    private const int MaxRowsOfWrite = 1000;

    // The oldest rows come first, apart from the differences between clocks.
    private const string SelectOld = """
        select endpoint, count(*), max(seq)
        from (select endpoint, seq, created_at from webhook_deliveries order by seq limit @limit) oldest
        where created_at < @before group by endpoint
        """;

    private const string DeleteOld = "delete from webhook_deliveries where endpoint = @endpoint and seq <= @last and created_at < @before";

    private const string SelectPending = "select endpoint, count(*) from webhook_deliveries group by endpoint";

    private const string SelectLongest = """
        select ordering_key, count(*) from webhook_deliveries where endpoint = @endpoint
        group by ordering_key having count(*) > @max
        """;

    // The newest delivery that is too many. Several silos may remove the excess at the same time: none of them removes a newer one.
    private const string SelectExcessOfKey =
        "select seq from webhook_deliveries where endpoint = @endpoint and ordering_key = @key order by seq desc limit 1 offset @max";

    private const string SelectExcess = "select seq from webhook_deliveries where endpoint = @endpoint order by seq desc limit 1 offset @max";

    private const string DeletePageOfKey = """
        delete from webhook_deliveries where seq in (
          select seq from webhook_deliveries where endpoint = @endpoint and ordering_key = @key and seq <= @last order by seq limit @limit)
        """;

    private const string DeletePage = """
        delete from webhook_deliveries where seq in (
          select seq from webhook_deliveries where endpoint = @endpoint and seq <= @last order by seq limit @limit)
        """;

    /// <summary>Lists deliveries that can be sent now, the longest due first: at most one for each ordering key.</summary>
    public Task<ImmutableArray<StoredDelivery>> ListDue(int endpoint, DateTimeOffset now, int limit) => database.ReadAll(
        SelectDue,
        new { endpoint, now = now.ToUnixTimeMilliseconds(), limit },
        row => new StoredDelivery(
            row.GetInt64(0), endpoint, row.GetGuid(1), row.GetGuid(2), row.GetString(3), RowReader.Timestamp(row, 4), row.GetInt32(5)));

    /// <summary>Takes a delivery for this process for a time, and counts an attempt. False when another process has it.</summary>
    public Task<bool> Claim(StoredDelivery delivery, DateTimeOffset now, DateTimeOffset until) => Write(delivery.Seq, new(ClaimRow,
    [
        ("seq", delivery.Seq), ("attempts", delivery.Attempts), ("now", now), ("until", until),
    ]));

    /// <summary>Removes a delivery. False when it was removed before.</summary>
    public Task<bool> Remove(StoredDelivery delivery) => Write(delivery.Seq, new Statement(DeleteRow, [("seq", delivery.Seq)]));

    /// <summary>Ends the lease, and lets the delivery and those behind it wait.</summary>
    public Task Postpone(StoredDelivery delivery, DateTimeOffset due) => Write(delivery.Seq, new(PostponeKey,
    [
        ("endpoint", delivery.Endpoint), ("key", delivery.OrderingKey), ("due", due), ("limit", MaxRowsOfWrite),
    ]));

    /// <summary>Makes all deliveries of a receiver due.</summary>
    public async Task MakeDue(int endpoint, DateTimeOffset now)
    {
        while (await Write(0, new(MakeRowsDue, [("endpoint", endpoint), ("now", now), ("limit", MaxRowsOfWrite)])))
        {
        }
    }

    /// <summary>Finds the deliveries from before a time, among some of the oldest ones.</summary>
    public Task<ImmutableArray<OldDeliveries>> ListOld(DateTimeOffset before, int limit) => database.ReadAll(
        SelectOld,
        new { before = before.ToUnixTimeMilliseconds(), limit },
        row => new OldDeliveries(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2)));

    /// <summary>Removes them.</summary>
    public Task<bool> Remove(OldDeliveries old, DateTimeOffset before) => Write(old.LastSeq, new(DeleteOld,
    [
        ("endpoint", old.Endpoint), ("last", old.LastSeq), ("before", before),
    ]));

    /// <summary>Counts the deliveries of each receiver that has any.</summary>
    public Task<ImmutableArray<(int Endpoint, long Count)>> CountPending() =>
        database.ReadAll(SelectPending, new { }, row => (row.GetInt32(0), row.GetInt64(1)));

    /// <summary>Counts the deliveries of each ordering key of a receiver that has more than a maximum.</summary>
    public Task<ImmutableArray<(Guid OrderingKey, long Count)>> CountLongest(int endpoint, int max) =>
        database.ReadAll(SelectLongest, new { endpoint, max }, row => (row.GetGuid(0), row.GetInt64(1)));

    /// <summary>The newest delivery that is older than the newest ones, as many as the maximum; null if there is none.</summary>
    /// <param name="endpoint">The number of the receiver.</param>
    /// <param name="orderingKey">Of which room or user; null for all.</param>
    /// <param name="max">The maximum.</param>
    public async Task<long?> FindExcess(int endpoint, Guid? orderingKey, int max) =>
        (await database.ReadAll(
            orderingKey is null ? SelectExcess : SelectExcessOfKey, new { endpoint, key = orderingKey, max }, static row => row.GetInt64(0)))
        is [var last] ? last : null;

    /// <summary>Removes some of the oldest deliveries up to one of them. False when there are none.</summary>
    public Task<bool> RemovePage(int endpoint, Guid? orderingKey, long last, int limit) => Write(0, orderingKey is { } key
        ? new(DeletePageOfKey, [("endpoint", endpoint), ("key", key), ("last", last), ("limit", limit)])
        : new(DeletePage, [("endpoint", endpoint), ("last", last), ("limit", limit)]));

    // The key orders the rows that a transaction locks.
    private Task<bool> Write(long seq, Statement statement) => writer.Write(new WriteOperation(
        WrittenTable.WebhookDeliveries, new Guid(0, 0, 0, BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(seq))), Guid.Empty, [statement]));
}

/// <summary>A stored event for one receiver.</summary>
/// <param name="Seq">The order.</param>
/// <param name="Endpoint">The number of the receiver.</param>
/// <param name="EventId">The event's id.</param>
/// <param name="OrderingKey">What the event is about: a room or a user.</param>
/// <param name="Payload">The body.</param>
/// <param name="CreatedAt">When it was stored.</param>
/// <param name="Attempts">How often it was sent.</param>
internal sealed record StoredDelivery(
    long Seq, int Endpoint, Guid EventId, Guid OrderingKey, string Payload, DateTimeOffset CreatedAt, int Attempts)
{
    /// <summary>The id that the receiver sees: the same for each attempt.</summary>
    public string MessageId => $"msg_{EventId:N}";
}

/// <summary>Some of the oldest deliveries of a receiver.</summary>
/// <param name="Endpoint">The number of the receiver.</param>
/// <param name="Count">How many they are.</param>
/// <param name="LastSeq">The last one.</param>
internal sealed record OldDeliveries(int Endpoint, long Count, long LastSeq);
