using GeminiChat.Fakes;

namespace GeminiChat.Bench;

/// <summary>What the program is when it is not measuring.</summary>
internal static class BenchCommands
{
    public static int Usage()
    {
        Console.WriteLine("dotnet run -c Release --project bench -- replies | long-replies | reads | rendering | rooms | streams <count>");
        return 2;
    }

    public static async Task<int> RunFakeGemini(string url, int words, TimeSpan delay)
    {
        await using var fake = await FakeGemini.Start(new FakeGeminiOptions { Url = url, Key = null, Record = false });
        fake.ReplyAlways(Script.Words(string.Join(' ', Enumerable.Range(1, words).Select(number => $"word{number}")), delay));
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
