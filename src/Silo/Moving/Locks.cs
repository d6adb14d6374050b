namespace GeminiChat.Silo.Moving;

/// <summary>Takes the locks of databases.</summary>
internal static class Locks
{
    /// <summary>Tries until it is taken, for as long as a process that is killed may leave it behind.</summary>
    /// <exception cref="MoveRefusedException">Somebody else has it.</exception>
    public static async Task Take(Func<Task<bool>> tryTake, string display, MoveSetting setting)
    {
        var start = setting.Time.GetTimestamp();
        while (!await tryTake())
        {
            if (setting.Time.GetElapsedTime(start) >= setting.Timings.Lock)
            {
                throw new MoveRefusedException($"The database {display} is in use by a running process: stop it first.");
            }

            await Task.Delay(setting.Timings.LockRetry, setting.Time);
        }
    }
}
