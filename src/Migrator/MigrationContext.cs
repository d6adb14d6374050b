using GeminiChat.Silo.Store;

namespace GeminiChat.Migrator;

/// <summary>What a migration needs.</summary>
/// <param name="Output">Gets the progress.</param>
/// <param name="Timings">How long to wait for locks.</param>
/// <param name="Time">The clock.</param>
internal sealed record MigrationContext(TextWriter Output, StoreTimeouts Timings, TimeProvider Time)
{
    public Task WriteLine(string line) => Output.WriteLineAsync(line);

    /// <summary>Tries to take a database's lock, for as long as a killed process can leave it behind.</summary>
    /// <exception cref="MigrationRefusedException">Another process has the lock.</exception>
    public async Task AcquireLock(Func<Task<bool>> tryAcquire, string display)
    {
        var start = Time.GetTimestamp();
        while (!await tryAcquire())
        {
            if (Time.GetElapsedTime(start) >= Timings.Lock)
            {
                throw new MigrationRefusedException($"The database {display} is in use by a running process: stop it first.");
            }

            await Task.Delay(Timings.LockRetryDelay, Time);
        }
    }
}

/// <summary>The migration is not possible. The message is one line for the operator.</summary>
internal sealed class MigrationRefusedException(string message, Exception? inner = null) : Exception(message, inner);
