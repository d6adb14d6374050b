using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Silo.Store;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;

namespace GeminiChat.Silo.Tests.Store;

public sealed class GrainStateOnSqliteTests(SqliteTestDatabase database)
    : GrainStateTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class GrainStateOnPostgresTests(PostgresTestDatabase database)
    : GrainStateTests(database), IClassFixture<PostgresTestDatabase>;

/// <summary>Orleans' own provider, in a silo, on our tables and queries.</summary>
public abstract class GrainStateTests(TestDatabase database) : IAsyncLifetime
{
    private const string StateName = "profile";

    private StoreHost? _host;

    private IGrainStorage Storage => _host!.Service<IGrainStorage>();

    public async ValueTask InitializeAsync()
    {
        database.SkipUnlessAvailable();
        _host = await StoreHost.Start(database.Url, configure: builder => builder.UseOrleans(silo => silo
            .UseLocalhostClustering(Ports.FindFree(), Ports.FindFree())
            .UseStoreForGrainState()));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("phone/+4915112345678")]
    [InlineData("user/0195b5a0c0de7000800000000000abcd")]
    [InlineData("subscription/0195b5a0c0de7000800000000000abce+extension")]
    public async Task State_is_read_as_written_and_can_be_written_again(string id)
    {
        var grain = GrainId.Parse(id);
        var written = await Write(grain, "First");
        written.State = Profile("Second");
        await Storage.WriteStateAsync(StateName, grain, written);

        var read = await Read(grain);

        Assert.True(read.RecordExists);
        Assert.Equal(Profile("Second"), read.State);
        Assert.Equal(written.ETag, read.ETag);
    }

    [Fact]
    public async Task State_that_was_never_written_does_not_exist()
    {
        var read = await Read(NewGrain());

        Assert.False(read.RecordExists);
        Assert.Null(read.ETag);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("extension")]
    public async Task Of_two_first_writers_exactly_one_wins(string? extension)
    {
        for (var round = 0; round < 20; round++)
        {
            var grain = NewGrain(extension);
            var writers = Enumerable.Range(0, 8).Select(i => Attempt(grain, $"Writer {i}")).ToArray();

            var won = await Task.WhenAll(writers);

            var winner = Assert.Single(won.Index(), outcome => outcome.Item).Index;
            Assert.Equal(Profile($"Writer {winner}"), (await Read(grain)).State);
        }
    }

    [Fact]
    public async Task Of_two_writers_with_the_same_version_the_second_loses()
    {
        var grain = NewGrain();
        await Write(grain, "First");
        var (one, two) = (await Read(grain), await Read(grain));
        one.State = Profile("One");
        two.State = Profile("Two");

        await Storage.WriteStateAsync(StateName, grain, one);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync(StateName, grain, two));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync(StateName, grain, two));
        Assert.Equal(Profile("One"), (await Read(grain)).State);
    }

    [Fact]
    public async Task Cleared_state_is_gone_and_may_be_written_again()
    {
        var grain = NewGrain();
        var state = await Write(grain, "First");

        await Storage.ClearStateAsync(StateName, grain, state);
        Assert.False((await Read(grain)).RecordExists);

        var again = await Read(grain);
        again.State = Profile("Second");
        await Storage.WriteStateAsync(StateName, grain, again);
        Assert.Equal(Profile("Second"), (await Read(grain)).State);
    }

    private static GrainId NewGrain(string? extension = null) =>
        GrainId.Parse($"user/{Guid.CreateVersion7():N}{(extension is null ? "" : "+" + extension)}");

    private static UserProfile Profile(string name) => new(Guid.Empty, name, "+1", SampleData.Noon);

    private async Task<bool> Attempt(GrainId grain, string name)
    {
        try
        {
            await Task.Run(() => Write(grain, name), TestContext.Current.CancellationToken);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private async Task<GrainState<UserProfile>> Write(GrainId grain, string name)
    {
        var state = new GrainState<UserProfile>(Profile(name));
        await Storage.WriteStateAsync(StateName, grain, state);
        return state;
    }

    private async Task<GrainState<UserProfile>> Read(GrainId grain)
    {
        var state = new GrainState<UserProfile>();
        await Storage.ReadStateAsync(StateName, grain, state);
        return state;
    }
}
