using Dapper;
using GeminiChat.GrainInterfaces;

namespace GeminiChat.Silo.Store;

/// <summary>Tells whether the database answers.</summary>
internal interface IStoreHealth
{
    /// <summary>False when it does not answer before the token is cancelled.</summary>
    Task<bool> Ping(CancellationToken cancellationToken);
}

internal sealed class StoreHealth(Database database) : IStoreHealth
{
    public async Task<bool> Ping(CancellationToken cancellationToken)
    {
        try
        {
            return await database
                .Read(connection => connection.ExecuteScalarAsync<long>("select 1"))
                .WaitAsync(cancellationToken) == 1;
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }
}
