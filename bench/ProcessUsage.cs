using System.Globalization;

namespace GeminiChat.Bench;

/// <summary>What the operating system says of a process: see proc(5).</summary>
internal static class ProcessUsage
{
    // USER_HZ, which is 100 on all common systems, and the size of a page.
    private const int TicksPerSecond = 100;
    private const int FirstTimeField = 11;
    private const int TimeFields = 4;

    /// <summary>Processor time of a process and of its children that have ended.</summary>
    public static TimeSpan Cpu(int id)
    {
        // The name of the program is in parentheses and may contain spaces.
        var fields = File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ');
        return TimeSpan.FromSeconds(
            (double)fields[FirstTimeField..(FirstTimeField + TimeFields)].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    /// <summary>The working set in bytes.</summary>
    public static long Memory(int id) =>
        long.Parse(File.ReadAllText($"/proc/{id}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
