using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>The writes of customers and events as statements.</summary>
internal sealed class SubscriptionWrites(Database database)
{
    private const string RemindOfUser = """
        insert into stripe_customers (user_id, check_at) values (@user, @at)
        on conflict (user_id) do update set check_at =
          case when stripe_customers.check_at <= excluded.check_at then stripe_customers.check_at else excluded.check_at end
        """;

    private const string InsertCustomer = """
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

    private const string DeleteDone = """
        delete from stripe_events where event_id in (
          select event_id from stripe_events where done_at is not null and received_at < @before limit @limit)
        """;

    private readonly string _endEvents = $"""
        update stripe_events set done_at = @now
        where user_id = @user and event_id in (select k.value from {database.ArrayTable("@events")})
        """;

    public static WriteOperation Remind(Guid user, DateTimeOffset at) =>
        Operation(user, new Statement(RemindOfUser, [("user", user), ("at", ToUnixMilliseconds(at))]));

    public static WriteOperation SaveCustomer(Guid user, string customer, DateTimeOffset checkAt) => Operation(
        user, new Statement(InsertCustomer, [("user", user), ("customer", customer), ("at", ToUnixMilliseconds(checkAt))]));

    public static WriteOperation ForgetCustomer(Guid user, string customer) => Operation(
        user, new Statement(ClearCustomer, [("user", user), ("customer", customer)]));

    public WriteOperation Settle(Guid user, ImmutableArray<string> events, DateTimeOffset? checkAt, DateTimeOffset now) =>
        Operation(
            user,
            new Statement(SetCheck, [("user", user), ("at", checkAt is { } at ? ToUnixMilliseconds(at) : (long?)null)]),
            new Statement(_endEvents, [("user", user), ("events", events.ToArray()), ("now", ToUnixMilliseconds(now))]));

    public static WriteOperation Forget(Guid user) => Operation(
        user, new Statement(DeleteCustomer, [("user", user)]), new Statement(DeleteEvents, [("user", user)]));

    public static WriteOperation AddEvent(string id, Guid user, string? customer, DateTimeOffset now) => Operation(
        user, new Statement(InsertEvent, [("event", id), ("user", user), ("customer", customer), ("now", ToUnixMilliseconds(now))]));

    public static WriteOperation RemoveDoneEvents(DateTimeOffset before, int limit) => Operation(
        Guid.Empty, new Statement(DeleteDone, [("before", ToUnixMilliseconds(before)), ("limit", limit)]));

    private static WriteOperation Operation(Guid user, params ImmutableArray<Statement> statements) =>
        new(WrittenTable.Subscriptions, user, user, statements);

    private static long ToUnixMilliseconds(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds();
}
