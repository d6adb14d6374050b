using GeminiChat.Bench;

// Measures what operations cost, beside a baseline in the same run: see README.md.
Dictionary<string, Func<BenchServers, Task<IReadOnlyList<Row>>>> scenarios = new()
{
    ["replies"] = OneProcess.Replies,
    ["full-context"] = OneProcess.FullContext,
    ["reads"] = OneProcess.Reads,
    ["search-index"] = SearchIndex.Run,
    ["streams-1000"] = servers => LiveStreams.Run(servers, 1000, cpuGoal: null, memoryGoal: null),
    ["clusters"] = Clusters.Run,
    ["idle"] = Idle.Run,
    ["memory"] = Memory.Run,
    ["streams-9500"] = servers => LiveStreams.Run(servers, 9500, cpuGoal: 1.5, memoryGoal: 1.25),
};
switch (args)
{
    case ["model", var url]:
        return await ModelServer.Serve(url);
    case ["baseline", var url, var model]:
        return await BaselineServer.Serve(url, model);
    case ["rendering"]:
        return Rendering.Measure();
    case ["page"]:
        return await Page.Measure();
    case ["html-streams"]:
        return await HtmlStreams.Measure();
    case ["rooms"]:
        return await LongRooms.Measure();
    case ["search", var engine, var messages]:
        return await Search.Measure(int.Parse(messages, System.Globalization.CultureInfo.InvariantCulture), engine);
    case ["all"]:
        return await Measure(scenarios.Keys, "docs");
    case [_, ..] when args.All(scenarios.ContainsKey):
        return await Measure(args, folder: null);
    default:
        Console.WriteLine($"dotnet run -c Release --project bench -- all | {string.Join(" | ", scenarios.Keys)} | page | html-streams | rooms | rendering | search sqlite 1000000 | search postgres 1000000");
        return 2;
}

// The table is printed; with a folder, the figures and the picture are written to it.
async Task<int> Measure(IEnumerable<string> names, string? folder)
{
    var rows = new List<Row>();
    foreach (var name in names)
    {
        await using var servers = await BenchServers.Start();
        var found = await scenarios[name](servers);
        Console.WriteLine(Report.Table(found));
        rows.AddRange(found);
    }

    if (folder is not null)
    {
        Console.WriteLine(Report.Table(rows));
        await File.WriteAllTextAsync(Path.Combine(folder, "performance.json"), Report.Json(rows));
        await File.WriteAllTextAsync(Path.Combine(folder, "performance.svg"), Report.Picture(rows));
    }

    return 0;
}
