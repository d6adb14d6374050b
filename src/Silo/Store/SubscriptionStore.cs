using System.Data.Common;
using Dapper;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>Customers and events in the database.</summary>
internal sealed class SubscriptionStore(Database database, StoreWriter writer) : ISubscriptionStore
{
    private const string LoadCustomer = "select customer_id, check_at from stripe_customers where user_id = @userId";

    private const string LoadEvents =
        "select event_id, customer_id from stripe_events where user_id = @userId and done_at is null limit @limit";

    private const string UserOfCustomer = "select user_id from stripe_customers where customer_id = @customerId limit 1";

    private const string UserOfId = "select user_id from users where user_id = @userId";

    private const string Owed = """
        select user_id from (
          select user_id from stripe_events where done_at is null and user_id > @after
          union
          select user_id from stripe_customers where check_at <= @now and user_id > @after) owed
        order by user_id limit @limit
        """;

    private readonly SubscriptionWrites _writes = new(database);

    public Task<SubscriptionWork> Load(Guid userId, int limit) => database.Read(async connection =>
    {
        var events = await Events(connection, userId, limit);
        await using var reader = await connection.ExecuteReaderAsync(LoadCustomer, new { userId });
        return await reader.ReadAsync()
            ? new SubscriptionWork(
                HasRow: true, RowReader.TextOrNull(reader, 0), reader.IsDBNull(1) ? null : RowReader.Timestamp(reader, 1), events)
            : new SubscriptionWork(HasRow: false, CustomerId: null, NextCheckAt: null, events);
    });

    public Task ScheduleCheck(Guid userId, DateTimeOffset at) => writer.Write(SubscriptionWrites.Remind(userId, at));

    public Task SaveCustomer(Guid userId, string customerId, DateTimeOffset checkAt) =>
        writer.Write(SubscriptionWrites.SaveCustomer(userId, customerId, checkAt));

    public Task RemoveCustomer(Guid userId, string customerId) =>
        writer.Write(SubscriptionWrites.ForgetCustomer(userId, customerId));

    public Task CompleteEvents(Guid userId, ImmutableArray<string> eventIds, DateTimeOffset? checkAt, DateTimeOffset now) =>
        writer.Write(_writes.Settle(userId, eventIds, checkAt, now));

    public Task RemoveUser(Guid userId) => writer.Write(SubscriptionWrites.Forget(userId));

    public Task<Guid?> FindUser(string? customerId, Guid? userId) => database.Read(async connection =>
        await FirstUserOrNull(connection, UserOfCustomer, new { customerId }) ?? await FirstUserOrNull(connection, UserOfId, new { userId }));

    public Task<bool> AddEvent(string eventId, Guid userId, string? customerId, DateTimeOffset now) =>
        writer.Write(SubscriptionWrites.AddEvent(eventId, userId, customerId, now));

    public Task<ImmutableArray<Guid>> ListUsersWithWork(DateTimeOffset now, Guid after, int limit) =>
        database.Read(async connection =>
        {
            await using var reader = await connection.ExecuteReaderAsync(
                Owed, new { now = now.ToUnixTimeMilliseconds(), after, limit });
            var users = ImmutableArray.CreateBuilder<Guid>();
            while (await reader.ReadAsync())
            {
                users.Add(reader.GetGuid(0));
            }

            return users.DrainToImmutable();
        });

    public Task<bool> RemoveCompletedEvents(DateTimeOffset before, int limit) =>
        writer.Write(SubscriptionWrites.RemoveDoneEvents(before, limit));

    private static async Task<ImmutableArray<UnprocessedEvent>> Events(DbConnection connection, Guid userId, int limit)
    {
        await using var reader = await connection.ExecuteReaderAsync(LoadEvents, new { userId, limit });
        var events = ImmutableArray.CreateBuilder<UnprocessedEvent>();
        while (await reader.ReadAsync())
        {
            events.Add(new UnprocessedEvent(reader.GetString(0), RowReader.TextOrNull(reader, 1)));
        }

        return events.DrainToImmutable();
    }

    private static async Task<Guid?> FirstUserOrNull(DbConnection connection, string sql, object parameters)
    {
        await using var reader = await connection.ExecuteReaderAsync(sql, parameters);
        return await reader.ReadAsync() ? reader.GetGuid(0) : null;
    }
}
