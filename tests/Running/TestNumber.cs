namespace GeminiChat.Running;

/// <summary>Mobile numbers of the tests of an assembly.</summary>
public static class TestNumber
{
    private static int _last = 5_600_000;

    /// <summary>A number that nobody has used.</summary>
    public static string Next() => $"+1415{Interlocked.Increment(ref _last):D7}";
}
