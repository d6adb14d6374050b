namespace GeminiChat.Gateway.Web;

/// <summary>
/// Repeats a grain call once after an outage. While a cluster heals the first call can fail on an activation that is
/// going, and the second finds its successor. A call that nobody answered has taken its time, and is not repeated. Only
/// for calls that are documented as safe to repeat.
/// </summary>
internal static class Once
{
    public static async Task<T> More<TTarget, T>(TTarget target, Func<TTarget, Task<T>> call)
    {
        try
        {
            return await call(target);
        }
        catch (Exception exception) when (Outage.Is(exception) && exception is not TimeoutException)
        {
            return await call(target);
        }
    }
}
