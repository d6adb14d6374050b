namespace GeminiChat.Migrator;

/// <summary>Takes the locks of databases.</summary>
internal static class ExclusiveLock
{
    /// <summary>Tries until it is taken, for as long as a process that is killed may leave it behind.</summary>
    /// <exception cref="MigrationRefusedException">Somebody else has it.</exception>
    public static async Task Acquire(Func<Task<bool>> tryTake, string display, MigrationContext context)
    {
        var start = context.Time.GetTimestamp();
        while (!await tryTake())
        {
            if (context.Time.GetElapsedTime(start) >= context.Timings.Lock)
            {
                throw new MigrationRefusedException($"The database {display} is in use by a running process: stop it first.");
            }

            await Task.Delay(context.Timings.LockRetryDelay, context.Time);
        }
    }
}
