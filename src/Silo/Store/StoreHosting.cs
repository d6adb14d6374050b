using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Users;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Telemetry;
using GeminiChat.Silo.Store.Postgres;
using GeminiChat.Silo.Store.Search;
using GeminiChat.Silo.Store.Sqlite;
using GeminiChat.Silo.Store.Writing;
using GeminiChat.Silo.Webhooks;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Providers;
using Orleans.Serialization;
using Orleans.Storage;

namespace GeminiChat.Silo.Store;

/// <summary>Adds the store to a host.</summary>
internal static class StoreHosting
{
    /// <summary>
    /// Adds the stores on the database of <c>DATABASE_URL</c>. The host locks and migrates it before anything else starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="clustered">Whether other processes may use the database at the same time. Needs PostgreSQL.</param>
    public static IServiceCollection AddStore(this IServiceCollection services, bool clustered)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new StoreTimeouts());
        services.AddSingleton(new StoreOptions(clustered));
        services.AddSingleton(provider => DatabaseAddress.From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton(provider => CreateReportLine(provider.GetRequiredService<DatabaseAddress>()));
        services.AddSingleton(CreateDatabase);
        services.AddSingleton(provider => new GroupCommit(
            provider.GetRequiredService<Database>().OpenRunner(),
            provider.GetRequiredService<StoreTimeouts>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GroupCommit>>()));
        services.AddSettings<WebhookDeliveryOptions>().Configure<IConfiguration>(WebhookDeliveryOptions.Read);
        services.AddSingleton<WebhookOutbox>();
        services.AddSingleton<DeletedRooms>();
        services.AddSingleton<UnusedRooms>();
        services.AddSingleton<IRoomStore, RoomStore>();
        services.AddSingleton<IShareStore, ShareStore>();
        services.AddSingleton<IUserStore, UserStore>();
        services.AddSingleton<IApiKeyStore, ApiKeyStore>();
        services.AddSingleton<FileStore>();
        services.AddSingleton<IFileStore>(provider => provider.GetRequiredService<FileStore>());
        services.AddSingleton<IMessageSearch, StoredMessageSearch>();
        services.AddSingleton<UnindexedRooms>();
        services.AddSingleton<IUnverifiedNumberStore, UnverifiedNumbers>();
        services.AddSingleton<ISubscriptionStore, SubscriptionStore>();
        services.AddSingleton<StoreLifecycleService>();
        return services.AddHostedService(provider => provider.GetRequiredService<StoreLifecycleService>());
    }

    /// <summary>Stores grain state in the database of <see cref="AddStore"/>.</summary>
    public static ISiloBuilder UseStoreForGrainState(this ISiloBuilder silo)
    {
        silo.AddAdoNetGrainStorageAsDefault(options => options.Configure<Database, Serializer>((storage, database, serializer) =>
        {
            database.ConfigureGrainStorage(storage);

            // A clear deletes the row.
            storage.DeleteStateOnClear = true;

            // This serializer knows members by their ids, so the next version can read what this one wrote.
            storage.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
        }));

        // Grains that do not name a storage get this one.
        silo.Services.AddSingleton<IGrainStorage>(services => ActivatorUtilities.CreateInstance<ExceptionMappingGrainStorage>(
            services, services.GetRequiredKeyedService<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)));
        return silo;
    }

    private static StartupReportLine CreateReportLine(DatabaseAddress address) =>
        new("database", address is DatabaseAddress.Sqlite ? $"SQLite, {address.Display}" : $"PostgreSQL, {address.Display}");

    private static Database CreateDatabase(IServiceProvider services) => services.GetRequiredService<DatabaseAddress>() switch
    {
        DatabaseAddress.Sqlite file => ActivatorUtilities.CreateInstance<SqliteDatabase>(services, file),
        DatabaseAddress.Postgres server => ActivatorUtilities.CreateInstance<PostgresDatabase>(services, server),
        _ => throw new InvalidOperationException("No such database."),
    };
}
