namespace GeminiChat.Running;

/// <summary>The day in which a user's messages are counted.</summary>
public static class UtcDay
{
    private static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(10);

    /// <summary>Waits for the next day if this one may end before the test does, because the count begins anew then.</summary>
    public static async Task WaitForTimeLeft()
    {
        var now = TimeProvider.System.GetUtcNow();
        var left = now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime;
        if (left < LongestTest)
        {
            await Task.Delay(left + TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }
}
