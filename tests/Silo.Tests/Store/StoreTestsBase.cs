using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Tests.Store;

/// <summary>Runs the tests of a class with a store of its own on its database.</summary>
public abstract class StoreTestsBase(TestDatabase database) : IAsyncLifetime
{
    private StoreHost? _host;

    internal StoreHost Host => _host!;

    internal IRoomStore Rooms => Host.Rooms;

    internal IUserStore Users => Host.Users;

    protected TestDatabase Database { get; } = database;

    /// <summary>Whether the database is shared with other stores.</summary>
    protected virtual bool IsClustered => false;

    public async ValueTask InitializeAsync()
    {
        Database.SkipUnlessAvailable();
        _host = await StoreHost.Start(Database.Url, IsClustered);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}
