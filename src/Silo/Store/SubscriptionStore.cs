using GeminiChat.Grains.Subscriptions;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>Customers and events in the database.</summary>
internal sealed class SubscriptionStore(Database database, GroupCommit writer) : ISubscriptionStore
{
    private const string SelectCustomer = "select customer_id, check_at from stripe_customers where user_id = @userId";

    private const string SelectEvents =
        "select event_id, customer_id from stripe_events where user_id = @userId and done_at is null limit @limit";

    private const string SelectUserOfCustomer = "select user_id from stripe_customers where customer_id = @customerId limit 1";

    private const string SelectUser = "select user_id from users where user_id = @userId";

    private const string SelectUsersWithWork = """
        select user_id from (
          select user_id from stripe_events where done_at is null and user_id > @after
          union
          select user_id from stripe_customers where check_at <= @now and user_id > @after) owed
        order by user_id limit @limit
        """;

    private const string UpsertCheck = """
        insert into stripe_customers (user_id, check_at) values (@user, @at)
        on conflict (user_id) do update set check_at =
          case when stripe_customers.check_at <= excluded.check_at then stripe_customers.check_at else excluded.check_at end
        """;

    private const string UpsertCustomer = """
        insert into stripe_customers (user_id, customer_id, check_at) values (@user, @customer, @at)
        on conflict (user_id) do update set customer_id = excluded.customer_id, check_at = excluded.check_at
        """;

    private const string ClearCustomer =
        "update stripe_customers set customer_id = null where user_id = @user and customer_id = @customer";

    private const string InsertEvent = """
        insert into stripe_events (event_id, user_id, customer_id, received_at) values (@event, @user, @customer, @now)
        on conflict do nothing
        """;

    private const string SetCheck = "update stripe_customers set check_at = @at where user_id = @user";

    private const string DeleteCustomer = "delete from stripe_customers where user_id = @user";

    private const string DeleteEvents = "delete from stripe_events where user_id = @user";

    private const string DeleteCompletedEvents = """
        delete from stripe_events where event_id in (
          select event_id from stripe_events where done_at is not null and received_at < @before limit @limit)
        """;

    private readonly string _setEventsDone = $"""
        update stripe_events set done_at = @now
        where user_id = @user and event_id in (select k.value from {database.ArrayTable("@events")})
        """;

    public async Task<SubscriptionWork> Load(Guid userId, int limit)
    {
        var events = await database.ReadAll(
            SelectEvents, new { userId, limit }, row => new UnprocessedEvent(row.GetString(0), RowReader.TextOrNull(row, 1)));
        var customers = await database.ReadAll(
            SelectCustomer,
            new { userId },
            row => new SubscriptionWork(
                HasRow: true, RowReader.TextOrNull(row, 0), row.IsDBNull(1) ? null : RowReader.Timestamp(row, 1), events));
        return customers is [var work] ? work : new SubscriptionWork(HasRow: false, CustomerId: null, NextCheckAt: null, events);
    }

    public Task ScheduleCheck(Guid userId, DateTimeOffset at) =>
        Write(userId, new Statement(UpsertCheck, [("user", userId), ("at", at)]));

    public Task SaveCustomer(Guid userId, string customerId, DateTimeOffset checkAt) =>
        Write(userId, new Statement(UpsertCustomer, [("user", userId), ("customer", customerId), ("at", checkAt)]));

    public Task RemoveCustomer(Guid userId, string customerId) =>
        Write(userId, new Statement(ClearCustomer, [("user", userId), ("customer", customerId)]));

    public Task CompleteEvents(Guid userId, ImmutableArray<string> eventIds, DateTimeOffset? checkAt, DateTimeOffset now) => Write(
        userId,
        new Statement(SetCheck, [("user", userId), ("at", checkAt)]),
        new Statement(_setEventsDone, [("user", userId), ("events", eventIds.ToArray()), ("now", now)]));

    public Task RemoveUser(Guid userId) => Write(
        userId, new Statement(DeleteCustomer, [("user", userId)]), new Statement(DeleteEvents, [("user", userId)]));

    public async Task<Guid?> FindUser(string? customerId, Guid? userId) =>
        await FindUser(SelectUserOfCustomer, new { customerId }) ?? await FindUser(SelectUser, new { userId });

    public Task<bool> AddEvent(string eventId, Guid userId, string? customerId, DateTimeOffset now) => Write(
        userId, new Statement(InsertEvent, [("event", eventId), ("user", userId), ("customer", customerId), ("now", now)]));

    public Task<ImmutableArray<Guid>> ListUsersWithWork(DateTimeOffset now, Guid after, int limit) => database.ReadAll(
        SelectUsersWithWork, new { now = now.ToUnixTimeMilliseconds(), after, limit }, row => row.GetGuid(0));

    public Task<bool> RemoveCompletedEvents(DateTimeOffset before, int limit) =>
        Write(Guid.Empty, new Statement(DeleteCompletedEvents, [("before", before), ("limit", limit)]));

    private async Task<Guid?> FindUser(string sql, object parameters) =>
        await database.ReadAll(sql, parameters, row => row.GetGuid(0)) is [var user, ..] ? user : null;

    private Task<bool> Write(Guid userId, params ImmutableArray<Statement> statements) =>
        writer.Write(new WriteOperation(WrittenTable.Subscriptions, userId, userId, statements));
}
