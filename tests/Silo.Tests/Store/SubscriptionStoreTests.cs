using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Silo.Tests.Store;

public sealed class SubscriptionStoreOnSqliteTests(SqliteFile database)
    : SubscriptionStoreTests(database), IClassFixture<SqliteFile>;

public sealed class SubscriptionStoreOnPostgresTests(PostgresDatabaseOfTest database)
    : SubscriptionStoreTests(database), IClassFixture<PostgresDatabaseOfTest>;

public abstract class SubscriptionStoreTests(TestDatabase database) : StoreOnDatabase(database)
{
    private readonly Guid _user = Guid.CreateVersion7();
    private readonly string _mark = $"{Guid.CreateVersion7():N}";

    private ISubscriptionStore Store => Host.Service<ISubscriptionStore>();

    [Fact]
    public async Task Nothing_is_known_of_a_user_who_never_subscribed()
    {
        var work = await Store.Load(_user, 10);

        Assert.Equal((false, null, null), (work.HasRow, work.CustomerId, work.CheckAt));
        Assert.Empty(work.Events);
        Assert.Null(await Store.FindUser("cus_none", _user));
        Assert.Null(await Store.FindUser(null, null));
    }

    [Fact]
    public async Task An_event_that_comes_again_is_kept_once_also_after_it_is_done()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Add("1")));
        await Store.Settle(_user, [Id("1")], checkAt: null, Sample.Noon);

        Assert.Single(outcomes, isNew => isNew);
        Assert.False(await Add("1"));
        Assert.Empty((await Store.Load(_user, 10)).Events);
    }

    [Fact]
    public async Task Only_the_named_events_of_the_user_are_done()
    {
        await Add("1");
        await Add("2");

        await Store.Settle(Guid.CreateVersion7(), [Id("2")], checkAt: null, Sample.Noon);
        await Store.Settle(_user, [Id("1")], checkAt: null, Sample.Noon);

        var open = Assert.Single((await Store.Load(_user, 10)).Events);
        Assert.Equal(new OpenEvent(Id("2"), "cus_1"), open);
    }

    [Fact]
    public async Task A_customer_is_forgotten_by_its_id_and_its_row_stays()
    {
        var (lost, next) = ($"cus_a{_mark}", $"cus_b{_mark}");
        await Store.SaveCustomer(_user, lost, Sample.Noon);
        await Store.ForgetCustomer(_user, lost);
        var work = await Store.Load(_user, 10);
        Assert.Equal((true, null, Sample.Noon), (work.HasRow, work.CustomerId, work.CheckAt));
        Assert.Null(await Store.FindUser(lost, userId: null));

        await Store.SaveCustomer(_user, next, Sample.Noon);
        await Store.ForgetCustomer(_user, lost);
        Assert.Equal(next, (await Store.Load(_user, 10)).CustomerId);
    }

    [Fact]
    public async Task A_reminder_comes_no_later_for_being_given_twice()
    {
        await Store.Remind(_user, Sample.Noon);
        await Store.Remind(_user, Sample.Noon.AddHours(1));
        Assert.Equal(Sample.Noon, (await Store.Load(_user, 10)).CheckAt);

        await Store.Remind(_user, Sample.Noon.AddHours(-1));
        Assert.Equal(Sample.Noon.AddHours(-1), (await Store.Load(_user, 10)).CheckAt);

        await Store.Settle(_user, [], Sample.Noon.AddDays(1), Sample.Noon);
        Assert.Equal(Sample.Noon.AddDays(1), (await Store.Load(_user, 10)).CheckAt);

        await Store.Settle(_user, [], checkAt: null, Sample.Noon);
        await Store.Remind(_user, Sample.Noon.AddDays(2));
        Assert.Equal(Sample.Noon.AddDays(2), (await Store.Load(_user, 10)).CheckAt);
    }

    [Fact]
    public async Task A_user_is_found_by_customer_and_else_by_the_id_of_one_who_exists()
    {
        var other = Guid.CreateVersion7();
        await Users.Save(new UserProfile(other, "Ada", "+4915112345678", Sample.Noon));
        await Store.SaveCustomer(_user, Id("cus"), Sample.Noon);

        Assert.Equal(_user, await Store.FindUser(Id("cus"), other));
        Assert.Equal(other, await Store.FindUser("cus_none", other));
        var work = await Store.Load(_user, 10);
        Assert.Equal((true, Id("cus"), Sample.Noon), (work.HasRow, work.CustomerId, work.CheckAt));
    }

    [Fact]
    public async Task Those_with_open_events_or_a_check_that_is_due_are_owed_work_page_by_page()
    {
        var users = Enumerable.Range(0, 6).Select(_ => Guid.CreateVersion7()).Order().ToList();
        await Store.Remind(users[0], Sample.Noon);
        await Store.Remind(users[1], Sample.Noon.AddMinutes(1));
        await Store.AddEvent(Id("2"), users[2], null, Sample.Noon);
        await Store.AddEvent(Id("3"), users[3], null, Sample.Noon);
        await Store.Settle(users[3], [Id("3")], checkAt: null, Sample.Noon);
        await Store.Remind(users[4], Sample.Noon);
        await Store.AddEvent(Id("4"), users[4], null, Sample.Noon);
        await Store.SaveCustomer(users[5], Id("cus"), Sample.Noon);
        await Store.Settle(users[5], [], checkAt: null, Sample.Noon);

        var found = new List<Guid>();
        var after = Guid.Empty;
        for (ImmutableArray<Guid> page; !(page = await Store.UsersWithWork(Sample.Noon, after, 2)).IsEmpty; after = page[^1])
        {
            found.AddRange(page);
        }

        Assert.Equal([users[0], users[2], users[4]], found.Where(users.Contains));
    }

    [Fact]
    public async Task Old_events_are_removed_when_they_are_done()
    {
        var longAgo = Sample.Noon.AddYears(-1);
        foreach (var name in new[] { "1", "2", "3" })
        {
            await Store.AddEvent(Id(name), _user, null, longAgo);
        }

        await Store.Settle(_user, [Id("1"), Id("2")], checkAt: null, Sample.Noon);

        Assert.False(await Store.RemoveDoneEvents(longAgo, 10));
        Assert.True(await Store.RemoveDoneEvents(longAgo.AddMinutes(1), 1));
        Assert.Equal(2, await Rows());
        Assert.True(await Store.RemoveDoneEvents(longAgo.AddMinutes(1), 10));
        Assert.Equal(1, await Rows());
        Assert.False(await Store.RemoveDoneEvents(longAgo.AddMinutes(1), 10));
        Assert.False(await Add("3"));
    }

    [Fact]
    public async Task A_user_who_is_forgotten_leaves_no_row()
    {
        await Add("1");
        await Store.SaveCustomer(_user, Id("cus"), Sample.Noon);

        await Store.Forget(_user);

        Assert.False((await Store.Load(_user, 10)).HasRow);
        Assert.Equal(0, await Rows());
        Assert.Null(await Store.FindUser(Id("cus"), null));
    }

    private Task<bool> Add(string id) => Store.AddEvent(Id(id), _user, "cus_1", Sample.Noon);

    private Task<long> Rows() =>
        Database.Count("select count(*) from stripe_events where event_id like @mark", new { mark = $"%{_mark}" });

    private string Id(string name) => $"{name}_{_mark}";
}
