namespace GeminiChat.Bench;

/// <summary>Requests to one process with SQLite, beside a bare relay or an endpoint that returns as many bytes.</summary>
internal static class OneProcess
{
    private const int RoomsPerUser = 32;
    private const int ShortReply = 20;
    private const int LongReply = 400;
    private const int ShortQuestionBytes = 80;

    // Twenty long replies have more text than the context of 32,768 tokens.
    private const int TurnsOfFullContext = 20;
    private const int FirstTextCount = 1000;

    public static async Task<IReadOnlyList<Row>> Replies(BenchServers servers)
    {
        await using var gateway = await Deployment.StartOnSqlite(servers.ModelUrl);
        var warmUp = await Rooms.Create(gateway, RoomsPerUser);
        var relay = Side.Baseline(servers, Relay(ShortQuestionBytes));
        await servers.Configure(ShortReply);
        var shortReply = await Comparison.Run("reply of 20 chunks", 3.5, relay, await Streamed());
        var sent = await Comparison.Run("message alone, answered 202", null, relay, Side.Of(gateway, (await Rooms.Create(gateway, RoomsPerUser)).Sent));
        var firstText = await FirstText(servers, gateway, await Rooms.Create(gateway, RoomsPerUser));
        await servers.Configure(LongReply);
        return [shortReply, await Comparison.Run("reply of 400 chunks", 2.5, relay, await Streamed()), sent, firstText];

        async Task<Side> Streamed() =>
            Side.Of(gateway, (await Rooms.Create(gateway, RoomsPerUser)).Streamed) with { WarmUp = warmUp.Streamed };
    }

    /// <summary>The relay posts as many bytes as the gateway did in the round before.</summary>
    public static async Task<IReadOnlyList<Row>> FullContext(BenchServers servers)
    {
        await using var gateway = await Deployment.StartOnSqlite(servers.ModelUrl);
        var rooms = await Rooms.Create(gateway, roomsPerUser: 1);
        await servers.Configure(LongReply);
        await Parallel.ForEachAsync(rooms.All, async (one, _) =>
        {
            for (var turn = 0; turn < TurnsOfFullContext; turn++)
            {
                await one.User.Ask(one.Room, "hello");
            }
        });
        await servers.Configure(ShortReply);
        return [await Comparison.Run(
            "reply of 20 chunks, full context",
            2.5,
            async () =>
            {
                var bytes = await servers.MeanRequestBytes();
                await servers.Configure(ShortReply);
                return Side.Baseline(servers, Relay(bytes));
            },
            Side.Of(gateway, rooms.Streamed))];
    }

    public static async Task<IReadOnlyList<Row>> Reads(BenchServers servers)
    {
        await using var gateway = await Deployment.StartOnSqlite(servers.ModelUrl);
        await servers.Configure(LongReply);
        var rooms = await Rooms.Create(gateway, roomsPerUser: 20);
        var http = gateway.Gateways[0].Http;
        var rows = new List<Row>();
        foreach (var (operation, path, resumeAt) in (IEnumerable<(string, Func<string, string>, string)>)
            [
                ("list of 20 rooms", static _ => "/chatroom", ""),
                ("one room", static room => $"/chatroom/{room}", ""),
                ("the user", static _ => "/user/me", ""),
                ("finished reply as a stream", static room => $"/chatroom/{room}/message/2", "0-0"),
                ("the same, resumed in the middle", static room => $"/chatroom/{room}/message/2", "0-4000"),
            ])
        {
            if (resumeAt == "0-0")
            {
                await Parallel.ForEachAsync(rooms.All, async (one, _) => await one.User.Ask(one.Room, "hello"));
            }

            BenchRequest[] requests = [.. rooms.All.Select(one => new BenchRequest(
                "GET", path(one.Room), one.User.Token, resumeAt.Length > 0 ? "text/event-stream" : "application/json", resumeAt))];
            var bytes = await Length(http, requests[0]);
            rows.Add(await Comparison.Run(
                operation, null, Side.Baseline(servers, new BenchRequest("GET", $"/bytes/{bytes}")), Side.Of(gateway, requests)));
        }

        return rows;
    }

    private static BenchRequest Relay(int bytes) => new("POST", $"/relay/{bytes}");

    private static async Task<Row> FirstText(BenchServers servers, Deployment gateway, Rooms rooms)
    {
        using var relay = new HttpClient { BaseAddress = new Uri(servers.BaselineUrl) };
        var (ours, baseline) = (new List<double>(), new List<double>());
        foreach (var request in rooms.Streamed.Take(FirstTextCount))
        {
            ours.Add((await StreamClient.Read(gateway.Gateways[0].Http, request)).FirstText.TotalMicroseconds);
            baseline.Add((await StreamClient.Read(relay, Relay(ShortQuestionBytes))).FirstText.TotalMicroseconds);
        }

        var (cost, least) = (Comparison.Median(ours), Comparison.Median(baseline));
        return new Row("first text, one caller (goal: +400 us)", "us", least, cost, cost / least, null);
    }

    private static async Task<int> Length(HttpClient http, BenchRequest request)
    {
        using var message = StreamClient.Message(request);
        using var response = await http.SendAsync(message);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsByteArrayAsync()).Length;
    }
}
