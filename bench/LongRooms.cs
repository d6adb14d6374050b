namespace GeminiChat.Bench;

/// <summary>What the length of a room costs: to send there, and to wake it from the store.</summary>
internal static class LongRooms
{
    private const int LongLength = 50_000;
    private const int ShortLength = 10;
    private const int LongRoomCount = 4;
    private const int ShortRoomCount = 400;
    private const int Restarts = 5;

    // A room lets 20 turns wait.
    private const int CallersOfARoom = 16;

    // Ten messages fill the context as fifty thousand do: all calls of the model are alike.
    private static readonly string Question = string.Concat(Enumerable.Repeat("Tell me more of it. ", 20));

    public static async Task<int> Measure()
    {
        await using var stage = await BenchEnvironment.Open(words: 1, settings: ("GEMINI_CONTEXT_TOKENS", "256"));
        var token = await stage.SignIn(1);
        var shorts = await stage.CreateRooms(token, ShortRoomCount);
        var longs = await stage.CreateRooms(token, LongRoomCount);
        await Parallel.ForEachAsync(shorts, async (room, _) => await Fill(stage, room, token, ShortLength, callers: 1));
        await Task.WhenAll(longs.Select(room => Fill(stage, room, token, LongLength, CallersOfARoom)));

        var (inShort, inLong) = (new List<double>(), new List<double>());
        for (var i = 0; i < ShortRoomCount; i++)
        {
            inShort.Add(await Send(stage, shorts[i], token));
            inLong.Add(await Send(stage, longs[i % LongRoomCount], token));
        }

        Report("a reply", inShort, inLong);
        await Wake(stage, token, shorts, longs);
        return 0;
    }

    /// <summary>Restarts the gateway over and over, and sends to rooms that are asleep and then awake.</summary>
    private static async Task Wake(BenchEnvironment stage, string token, string[] shorts, string[] longs)
    {
        var (asleep, awake) = ((Short: new List<double>(), Long: new List<double>()), (Short: new List<double>(), Long: new List<double>()));
        var half = shorts.Length / 2;
        for (var restart = 0; restart < Restarts; restart++)
        {
            await stage.RestartGateway();
            foreach (var room in shorts[half..])
            {
                await Send(stage, room, token);
            }

            for (var i = 0; i < longs.Length; i++)
            {
                var brief = shorts[(restart * longs.Length) + i];
                asleep.Short.Add(await Send(stage, brief, token));
                asleep.Long.Add(await Send(stage, longs[i], token));
                awake.Short.Add(await Send(stage, brief, token));
                awake.Long.Add(await Send(stage, longs[i], token));
            }
        }

        Report("a reply, room asleep", asleep.Short, asleep.Long);
        Report("a reply, room awake", awake.Short, awake.Long);
    }

    private static async Task Fill(BenchEnvironment stage, string room, string token, int messages, int callers)
    {
        var left = messages / 2;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await Send(stage, room, token);
            }
        }));
    }

    /// <summary>Posts, and reads the reply to its end.</summary>
    /// <returns>Milliseconds until the first text.</returns>
    private static Task<double> Send(BenchEnvironment stage, string room, string token) =>
        LoadGenerator.SendAndMeasure(stage.Http, LoadGenerator.CreatePost(room, token, Question), new byte[1024]);

    private static void Report(string what, List<double> inShort, List<double> inLong)
    {
        inShort.Sort();
        inLong.Sort();
        var (few, many) = (inShort[inShort.Count / 2], inLong[inLong.Count / 2]);
        Console.WriteLine(
            $"{what,-22} first text p50 {few:F2} ms in rooms of {ShortLength}, {many:F2} ms (slowest {inLong[^1]:F2} ms) in rooms of {LongLength}: {many / few:F2}");
    }
}
