using System.Diagnostics;
using System.Globalization;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GeminiChat.Bench;

/// <summary>What a search takes among many messages, and what the index adds to the writes of a turn.</summary>
internal static class Search
{
    private const int Searches = 200;
    private const int Rounds = 5;
    private const int TurnsOfRound = 2000;
    private const int BusyRooms = 64;
    private const int WordsOfQuestion = 20;
    private const int WordsOfReply = 120;

    public static async Task<int> Measure(int messages, string engine)
    {
        using var folder = new TemporaryFolder(Directory.GetCurrentDirectory());
        await using var server = engine == "postgres" ? await PostgresServer.Start(folder.Path) : null;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("DATABASE_URL", server?.Url ?? $"sqlite:///{folder.Path}/data/bench.db")]);
        builder.Services.AddStore(clustered: false);
        using var host = builder.Build();
        await host.StartAsync();
        await MeasureWrites(host.Services, engine, server, "an empty index");
        var data = new SearchData(messages);
        var start = Stopwatch.GetTimestamp();
        await data.Fill(host.Services.GetRequiredService<Database>(), host.Services.GetRequiredService<DatabaseAddress>());
        Console.WriteLine($"{engine}: {messages:N0} messages loaded in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s, {SizeOf(folder.Path) / 1e9:F1} GB");
        await MeasureSearches(host.Services.GetRequiredService<IMessageSearch>(), engine, server, data);
        await MeasureWrites(host.Services, engine, server, "a full index");
        await host.StopAsync();
        return 0;
    }

    private static async Task MeasureSearches(IMessageSearch search, string engine, PostgresServer? server, SearchData data)
    {
        Func<Random, string>[] texts =
        [
            random => SearchData.Word(random.Next(1, 10)),
            random => SearchData.Word(random.Next(100, 1000)),
            random => SearchData.Word(random.Next(5000, 50_000)),
            random => $"{SearchData.Word(random.Next(1, 10))} {SearchData.Word(random.Next(10, 100))} ",
            random => $"{SearchData.Word(random.Next(1000, 5000))} {SearchData.Word(random.Next(1000, 5000))} ",
            random => $"\"{SearchData.Word(random.Next(1, 10))} {SearchData.Word(random.Next(1, 10))}\"",
            random => SearchData.Word(random.Next(1, 5000))[..1],
            random => SearchData.Word(random.Next(1, 5000))[..2],
            random => SearchData.Word(random.Next(1, 5000))[..3],
            random => $"absent{random.Next()}",
        ];
        string[] names = ["common word", "word", "rare word", "two common words", "two rare words", "common phrase", "prefix of 1", "prefix of 2", "prefix of 3", "absent word"];
        var all = new List<double>();
        foreach (var (i, text) in texts.Index())
        {
            all.AddRange(await Time(search, server, $"{engine}: {names[i]}", data, text, room: null));
        }

        all.AddRange(await Time(search, server, $"{engine}: common word in a room", data, texts[0], data.RoomId));
        Console.WriteLine($"| {engine}: all {Quantiles(all)} |");
    }

    // One search after the other, so the CPU time is that of the searches, whatever else the machine does.
    private static async Task<List<double>> Time(
        IMessageSearch search, PostgresServer? server, string name, SearchData data, Func<Random, string> text, Guid? room)
    {
        var random = new Random(7);
        var times = new List<double>();
        var found = 0L;
        var cpu = TimeSpan.Zero;
        for (var i = -10; i < Searches; i++)
        {
            if (i == 0)
            {
                cpu = Cpu(server);
            }

            var start = Stopwatch.GetTimestamp();
            var page = await search.Search(data.UserId, new MessageSearch(text(random), 20, RoomId: room));
            if (i >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                found += (page as SearchOutcome.Found)?.Messages.Length ?? 0;
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} {Quantiles(times)} {(Cpu(server) - cpu).TotalMilliseconds / Searches:F1} ms | {(double)found / Searches:F1} |"));
        return times;
    }

    private static string Quantiles(List<double> times)
    {
        times.Sort();
        return string.Create(
            CultureInfo.InvariantCulture, $"| {times[times.Count / 2]:F1} ms | {times[times.Count * 95 / 100]:F1} ms | {times[^1]:F1} ms |");
    }

    /// <summary>Takes turns between rooms whose messages are indexed and temporary ones, whose messages are not.</summary>
    private static async Task MeasureWrites(IServiceProvider services, string engine, PostgresServer? server, string state)
    {
        var rooms = services.GetRequiredService<IRoomStore>();
        var ratios = new List<double>();
        var (with, without) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var plain = await Turns(rooms, server, isTemporary: true);
            var indexed = await Turns(rooms, server, isTemporary: false);
            if (round >= 0)
            {
                with.Add(indexed);
                without.Add(plain);
                ratios.Add(indexed / plain);
            }
        }

        ratios.Sort();
        with.Sort();
        without.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{engine}, {state}: CPU of the writes of a turn {without[Rounds / 2]:F0} us without the index, {with[Rounds / 2]:F0} us with it, ratio {ratios[Rounds / 2]:F2}"));
    }

    /// <summary>Microseconds of CPU for a turn, of this process and PostgreSQL.</summary>
    private static async Task<double> Turns(IRoomStore rooms, PostgresServer? server, bool isTemporary)
    {
        var texts = Enumerable.Range(0, 100).Select(i => (SearchData.Text(new Random(i), WordsOfQuestion), SearchData.Text(new Random(-i), WordsOfReply))).ToArray();
        var before = Cpu(server);
        await Task.WhenAll(Enumerable.Range(0, BusyRooms).Select(async _ =>
        {
            var room = new RoomKey(Guid.CreateVersion7(), Guid.CreateVersion7());
            var now = TimeProvider.System.GetUtcNow();
            var summary = new RoomSummary(room.RoomId, "room", now, now, 1, IsTemporary: isTemporary);
            await rooms.Create(room, new RoomRow(summary, null, 1, ""));
            for (var id = 1L; id < 2 * TurnsOfRound / BusyRooms; id += 2)
            {
                now = TimeProvider.System.GetUtcNow();
                var (question, answer) = texts[id % texts.Length];
                summary = summary with { UpdatedAt = now, Version = id + 1 };
                var reply = new RoomMessage(id + 1, Sender.Ai, "", now, MessageStatus.Queued, id, Attempt: 1);
                var turn = new AcceptedTurn(new RoomMessage(id, Sender.User, question, now, MessageStatus.Completed), reply, $"{id}");
                await rooms.Accept(new Acceptance(room, id, [turn], summary, now, new TierOptions { BasicDailyMessages = 0, ProDailyMessages = 0 }));
                await rooms.Finish(new ReplyFence(room, reply.Id, 1), reply with { Content = answer, Status = MessageStatus.Completed }, summary);
            }
        }));
        return (Cpu(server) - before).TotalMicroseconds / TurnsOfRound;
    }

    private static TimeSpan Cpu(PostgresServer? server) => (server?.Processes ?? []).Append(Environment.ProcessId)
        .Aggregate(TimeSpan.Zero, static (sum, process) => sum + ProcessUsage.Cpu(process));

    private static long SizeOf(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true }).Sum(static file => file.Length);
}
