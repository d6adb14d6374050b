using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Silo.Tests.Store;

public sealed class SubscriptionStoreOnSqliteTests(SqliteTestDatabase database)
    : SubscriptionStoreTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class SubscriptionStoreOnPostgresTests(PostgresTestDatabase database)
    : SubscriptionStoreTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class SubscriptionStoreTests(TestDatabase database) : StoreTestsBase(database)
{
    private readonly Guid _user = Guid.CreateVersion7();
    private readonly string _suffix = $"{Guid.CreateVersion7():N}";

    private ISubscriptionStore Store => Host.Service<ISubscriptionStore>();

    [Fact]
    public async Task Nothing_is_known_of_a_user_who_never_subscribed()
    {
        var work = await Store.Load(_user, 10);

        Assert.Equal((false, null, null), (work.HasRow, work.CustomerId, work.NextCheckAt));
        Assert.Empty(work.Events);
        Assert.Null(await Store.FindUser("cus_none", _user));
        Assert.Null(await Store.FindUser(null, null));
    }

    [Fact]
    public async Task A_repeated_event_is_stored_once_even_after_it_is_done()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Add("1")));
        await Store.CompleteEvents(_user, [Id("1")], checkAt: null, SampleData.Noon);

        Assert.Single(outcomes, isNew => isNew);
        Assert.False(await Add("1"));
        Assert.Empty((await Store.Load(_user, 10)).Events);
    }

    [Fact]
    public async Task Only_the_given_events_are_marked_done()
    {
        await Add("1");
        await Add("2");

        await Store.CompleteEvents(Guid.CreateVersion7(), [Id("2")], checkAt: null, SampleData.Noon);
        await Store.CompleteEvents(_user, [Id("1")], checkAt: null, SampleData.Noon);

        var open = Assert.Single((await Store.Load(_user, 10)).Events);
        Assert.Equal(new UnprocessedEvent(Id("2"), "cus_1"), open);
    }

    [Fact]
    public async Task Clearing_a_customer_id_keeps_the_row()
    {
        var (lost, next) = ($"cus_a{_suffix}", $"cus_b{_suffix}");
        await Store.SaveCustomer(_user, lost, SampleData.Noon);
        await Store.RemoveCustomer(_user, lost);
        var work = await Store.Load(_user, 10);
        Assert.Equal((true, null, SampleData.Noon), (work.HasRow, work.CustomerId, work.NextCheckAt));
        Assert.Null(await Store.FindUser(lost, userId: null));

        await Store.SaveCustomer(_user, next, SampleData.Noon);
        await Store.RemoveCustomer(_user, lost);
        Assert.Equal(next, (await Store.Load(_user, 10)).CustomerId);
    }

    [Fact]
    public async Task A_second_reminder_does_not_postpone_the_first()
    {
        await Store.ScheduleCheck(_user, SampleData.Noon);
        await Store.ScheduleCheck(_user, SampleData.Noon.AddHours(1));
        Assert.Equal(SampleData.Noon, (await Store.Load(_user, 10)).NextCheckAt);

        await Store.ScheduleCheck(_user, SampleData.Noon.AddHours(-1));
        Assert.Equal(SampleData.Noon.AddHours(-1), (await Store.Load(_user, 10)).NextCheckAt);

        await Store.CompleteEvents(_user, [], SampleData.Noon.AddDays(1), SampleData.Noon);
        Assert.Equal(SampleData.Noon.AddDays(1), (await Store.Load(_user, 10)).NextCheckAt);

        await Store.CompleteEvents(_user, [], checkAt: null, SampleData.Noon);
        await Store.ScheduleCheck(_user, SampleData.Noon.AddDays(2));
        Assert.Equal(SampleData.Noon.AddDays(2), (await Store.Load(_user, 10)).NextCheckAt);
    }

    [Fact]
    public async Task A_user_is_found_by_customer_id_or_else_by_an_existing_user_id()
    {
        var other = Guid.CreateVersion7();
        await Users.Save(new UserProfile(other, "Ada", "+4915112345678", SampleData.Noon));
        await Store.SaveCustomer(_user, Id("cus"), SampleData.Noon);

        Assert.Equal(_user, await Store.FindUser(Id("cus"), other));
        Assert.Equal(other, await Store.FindUser("cus_none", other));
        var work = await Store.Load(_user, 10);
        Assert.Equal((true, Id("cus"), SampleData.Noon), (work.HasRow, work.CustomerId, work.NextCheckAt));
    }

    [Fact]
    public async Task Users_with_open_events_or_a_due_check_are_listed_in_pages()
    {
        var users = Enumerable.Range(0, 6).Select(_ => Guid.CreateVersion7()).Order().ToList();
        await Store.ScheduleCheck(users[0], SampleData.Noon);
        await Store.ScheduleCheck(users[1], SampleData.Noon.AddMinutes(1));
        await Store.AddEvent(Id("2"), users[2], null, SampleData.Noon);
        await Store.AddEvent(Id("3"), users[3], null, SampleData.Noon);
        await Store.CompleteEvents(users[3], [Id("3")], checkAt: null, SampleData.Noon);
        await Store.ScheduleCheck(users[4], SampleData.Noon);
        await Store.AddEvent(Id("4"), users[4], null, SampleData.Noon);
        await Store.SaveCustomer(users[5], Id("cus"), SampleData.Noon);
        await Store.CompleteEvents(users[5], [], checkAt: null, SampleData.Noon);

        var found = new List<Guid>();
        var after = Guid.Empty;
        for (ImmutableArray<Guid> page; !(page = await Store.ListUsersWithWork(SampleData.Noon, after, 2)).IsEmpty; after = page[^1])
        {
            found.AddRange(page);
        }

        Assert.Equal([users[0], users[2], users[4]], found.Where(users.Contains));
    }

    [Fact]
    public async Task Old_events_are_removed_when_they_are_done()
    {
        var longAgo = SampleData.Noon.AddYears(-1);
        foreach (var name in new[] { "1", "2", "3" })
        {
            await Store.AddEvent(Id(name), _user, null, longAgo);
        }

        await Store.CompleteEvents(_user, [Id("1"), Id("2")], checkAt: null, SampleData.Noon);

        Assert.False(await Store.RemoveCompletedEvents(longAgo, 10));
        Assert.True(await Store.RemoveCompletedEvents(longAgo.AddMinutes(1), 1));
        Assert.Equal(2, await Rows());
        Assert.True(await Store.RemoveCompletedEvents(longAgo.AddMinutes(1), 10));
        Assert.Equal(1, await Rows());
        Assert.False(await Store.RemoveCompletedEvents(longAgo.AddMinutes(1), 10));
        Assert.False(await Add("3"));
    }

    [Fact]
    public async Task Forgetting_a_user_removes_all_rows()
    {
        await Add("1");
        await Store.SaveCustomer(_user, Id("cus"), SampleData.Noon);

        await Store.RemoveUser(_user);

        Assert.False((await Store.Load(_user, 10)).HasRow);
        Assert.Equal(0, await Rows());
        Assert.Null(await Store.FindUser(Id("cus"), null));
    }

    private Task<bool> Add(string id) => Store.AddEvent(Id(id), _user, "cus_1", SampleData.Noon);

    private Task<long> Rows() =>
        Database.Count("select count(*) from stripe_events where event_id like @mark", new { mark = $"%{_suffix}" });

    private string Id(string name) => $"{name}_{_suffix}";
}
