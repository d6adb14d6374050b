using System.Data.Common;
using GeminiChat.GrainInterfaces;
using Orleans.Storage;

namespace GeminiChat.Silo.Store;

/// <summary>
/// Orleans' storage, with its outages in our words: a driver's exception cannot cross a grain call, its caller would
/// get one about a missing codec instead.
/// </summary>
internal sealed partial class GrainStateStorage(IGrainStorage inner, ILogger<GrainStateStorage> logger) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            await inner.ReadStateAsync(stateName, grainId, grainState);
        }
        catch (Exception outage) when (IsOutage(outage))
        {
            Log.NotRead(logger, outage, stateName);
            throw new StoreUnavailableException("The database does not answer.");
        }
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Write(() => inner.WriteStateAsync(stateName, grainId, grainState), stateName);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Write(() => inner.ClearStateAsync(stateName, grainId, grainState), stateName);

    private async Task Write(Func<Task> write, string stateName)
    {
        try
        {
            await write();
        }
        catch (Exception outage) when (IsOutage(outage))
        {
            Log.NotWritten(logger, outage, stateName);
            throw new StoreOutcomeUnknownException("The database did not confirm the write.");
        }
    }

    private static bool IsOutage(Exception exception) => exception is DbException or IOException or TimeoutException;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The state '{StateName}' of a grain could not be read")]
        public static partial void NotRead(ILogger logger, Exception exception, string stateName);

        [LoggerMessage(LogLevel.Error, "The state '{StateName}' of a grain may not have been written")]
        public static partial void NotWritten(ILogger logger, Exception exception, string stateName);
    }
}
