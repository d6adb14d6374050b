using System.Data.Common;
using Orleans.Storage;

namespace GeminiChat.Silo.Store;

/// <summary>
/// Orleans' storage, with our exceptions in place of the driver's, which callers in other processes cannot deserialize.
/// </summary>
/// <remarks>
/// A grain's caller gets an <see cref="OrleansException"/>: <c>IPersistentState</c> wraps every exception that is thrown here in
/// one, except <see cref="InconsistentStateException"/>, which is one already. The gateway treats all of them as outages.
/// </remarks>
internal sealed partial class ExceptionMappingGrainStorage(IGrainStorage inner, ILogger<ExceptionMappingGrainStorage> logger) : IGrainStorage
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
