namespace GeminiChat.Grains;

/// <summary>Writes of a grain. When a write fails, its outcome is unknown.</summary>
internal static class GrainWrites
{
    /// <summary>Waits for a write. If it fails, the grain deactivates, and the next activation reads what is stored.</summary>
    public static async Task DeactivateOnFailure(this IGrainBase grain, Task write)
    {
        try
        {
            await write;
        }
        catch
        {
            grain.DeactivateOnIdle();
            throw;
        }
    }

    /// <inheritdoc cref="DeactivateOnFailure"/>
    public static async Task<T> DeactivateOnFailure<T>(this IGrainBase grain, Task<T> write)
    {
        await grain.DeactivateOnFailure((Task)write);
        return await write;
    }

    /// <summary>
    /// Stores a new state. If that fails, the grain deactivates, and calls that still run read the state before.
    /// </summary>
    public static async Task WriteState<T>(this IGrainBase grain, IPersistentState<T> stored, T next)
    {
        var before = stored.State;
        stored.State = next;
        try
        {
            await grain.DeactivateOnFailure(stored.WriteStateAsync());
        }
        catch
        {
            stored.State = before;
            throw;
        }
    }
}
