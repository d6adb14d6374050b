using System.Net.Http.Headers;
using System.Text;

namespace GeminiChat.Bench;

/// <summary>What the length of a room and its branches cost: to send there, and to wake it from the store.</summary>
internal static class LongRooms
{
    private const int LongLength = 50_000;
    private const int ShortLength = 10;
    private const int LongRoomCount = 4;
    private const int Branches = 200;
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
        var branched = (await Rooms.Create(deployment, LongRoomCount, users: 1)).Streamed;
        await Parallel.ForEachAsync(shorts, async (room, _) => await Fill(gateway, room, ShortLength, callers: 1));
        await Task.WhenAll(longs.Concat(branched).Select(room => Fill(gateway, room, LongLength, CallersOfARoom)));
        await Task.WhenAll(branched.Select(room => Branch(gateway, room)));

        var times = new RoomTimes();
        for (var i = 0; i < ShortRoomCount; i++)
        {
            times.Short.Add(await Send(gateway, shorts[i]));
            times.Long.Add(await Send(gateway, longs[i % LongRoomCount]));
            times.Branched.Add(await Send(gateway, branched[i % LongRoomCount]));
        }

        times.Report("a reply");
        await Wake(gateway, shorts, longs, branched);
        return 0;
    }

    /// <summary>Restarts the gateway over and over, and sends to rooms that are asleep and then awake.</summary>
    private static async Task Wake(
        GatewayProcess gateway, IReadOnlyList<BenchRequest> shorts, IReadOnlyList<BenchRequest> longs, IReadOnlyList<BenchRequest> branched)
    {
        var (asleep, awake) = (new RoomTimes(), new RoomTimes());
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
                foreach (var times in new[] { asleep, awake })
                {
                    times.Short.Add(await Send(gateway, brief));
                    times.Long.Add(await Send(gateway, longs[i]));
                    times.Branched.Add(await Send(gateway, branched[i]));
                }
            }
        }

        asleep.Report("a reply, room asleep");
        awake.Report("a reply, room awake");
    }

    /// <summary>Edits messages all over the room, and shows a branch that ends far behind the newest messages.</summary>
    private static async Task Branch(GatewayProcess gateway, BenchRequest room)
    {
        const int Distance = LongLength / Branches / 2 * 2;
        for (var i = 0; i < Branches; i++)
        {
            await Send(gateway, room with { Path = $"{room.Path}/{1 + (i * Distance)}/edit" });
        }

        using var show = new HttpRequestMessage(HttpMethod.Patch, room.Path[..^"/message".Length]);
        show.Headers.Authorization = new AuthenticationHeaderValue("Bearer", room.Token);
        show.Content = new StringContent($$"""{"head":{{LongLength + 100}}}""", Encoding.UTF8, "application/json");
        (await gateway.Http.SendAsync(show)).EnsureSuccessStatusCode();
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

    /// <summary>Milliseconds until the first text, by the kind of the room.</summary>
    private sealed class RoomTimes
    {
        public List<double> Short { get; } = [];

        public List<double> Long { get; } = [];

        public List<double> Branched { get; } = [];

        public void Report(string what)
        {
            Report(what, Long, $"of {LongLength}");
            Report(what, Branched, $"of {LongLength} with {Branches} branches");
        }

        private void Report(string what, List<double> times, string kind)
        {
            Short.Sort();
            times.Sort();
            var (few, many) = (Short[Short.Count / 2], times[times.Count / 2]);
            Console.WriteLine(
                $"{what,-22} first text p50 {few:F2} ms in rooms of {ShortLength}, {many:F2} ms (slowest {times[^1]:F2} ms) in rooms {kind}: {many / few:F2}");
        }
    }
}
