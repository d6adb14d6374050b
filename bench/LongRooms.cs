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

    // Ten messages of this length fill the context as fifty thousand do, so all requests to the model are alike.
    private static readonly string Question = string.Concat(Enumerable.Repeat("Tell me more of it. ", 20));

    public static async Task<int> Measure()
    {
        await using var servers = await BenchServers.Start();
        await servers.Configure(chunks: 1);
        await using var deployment = await Deployment.StartOnSqlite(servers.ModelUrl, ("GEMINI_CONTEXT_TOKENS", "256"));
        var gateway = deployment.Gateways[0];
        var shorts = (await Rooms.Create(deployment, ShortRoomCount, users: 1)).Streamed;
        var longs = (await Rooms.Create(deployment, LongRoomCount, users: 1)).Streamed;
        await Parallel.ForEachAsync(shorts, async (room, _) => await Fill(gateway, room, ShortLength, callers: 1));
        await Task.WhenAll(longs.Select(room => Fill(gateway, room, LongLength, CallersOfARoom)));

        var (inShort, inLong) = (new List<double>(), new List<double>());
        for (var i = 0; i < ShortRoomCount; i++)
        {
            inShort.Add(await Send(gateway, shorts[i]));
            inLong.Add(await Send(gateway, longs[i % LongRoomCount]));
        }

        Report("a reply", inShort, inLong);
        await Wake(gateway, shorts, longs);
        return 0;
    }

    /// <summary>Restarts the gateway over and over, and sends to rooms that are asleep and then awake.</summary>
    private static async Task Wake(GatewayProcess gateway, IReadOnlyList<BenchRequest> shorts, IReadOnlyList<BenchRequest> longs)
    {
        var (asleep, awake) = ((Short: new List<double>(), Long: new List<double>()), (Short: new List<double>(), Long: new List<double>()));
        var half = shorts.Count / 2;
        for (var restart = 0; restart < Restarts; restart++)
        {
            await gateway.Kill();
            await gateway.Restart();
            foreach (var room in shorts.Skip(half))
            {
                await Send(gateway, room);
            }

            for (var i = 0; i < longs.Count; i++)
            {
                var brief = shorts[(restart * longs.Count) + i];
                asleep.Short.Add(await Send(gateway, brief));
                asleep.Long.Add(await Send(gateway, longs[i]));
                awake.Short.Add(await Send(gateway, brief));
                awake.Long.Add(await Send(gateway, longs[i]));
            }
        }

        Report("a reply, room asleep", asleep.Short, asleep.Long);
        Report("a reply, room awake", awake.Short, awake.Long);
    }

    private static async Task Fill(GatewayProcess gateway, BenchRequest room, int messages, int callers)
    {
        var left = messages / 2;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await Send(gateway, room);
            }
        }));
    }

    /// <summary>Posts, and reads the reply to its end.</summary>
    /// <returns>Milliseconds until the first text.</returns>
    private static async Task<double> Send(GatewayProcess gateway, BenchRequest room) =>
        (await StreamClient.Read(gateway.Http, room with { Content = Question })).FirstText.TotalMilliseconds;

    private static void Report(string what, List<double> inShort, List<double> inLong)
    {
        inShort.Sort();
        inLong.Sort();
        var (few, many) = (inShort[inShort.Count / 2], inLong[inLong.Count / 2]);
        Console.WriteLine(
            $"{what,-22} first text p50 {few:F2} ms in rooms of {ShortLength}, {many:F2} ms (slowest {inLong[^1]:F2} ms) in rooms of {LongLength}: {many / few:F2}");
    }
}
