using System.Globalization;

namespace GeminiChat.Bench;

/// <summary>What the HTML of replies costs the server while they are written.</summary>
internal static class HtmlStreams
{
    private const int Streams = 20;

    // 100 tokens a second.
    private const int ChunkCharacters = 4 * PageTexts.TokenCharacters;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(40);

    public static async Task<int> Measure()
    {
        await using var servers = await BenchServers.Start();
        await using var deployment = await Deployment.StartOnSqlite(servers.ModelUrl);
        Console.WriteLine("| ms of CPU a reply | without HTML | with HTML |\n|---|---|---|");
        foreach (var tokens in new[] { 2_000, 8_000 })
        {
            foreach (var (name, text) in new[] { ("mixed Markdown", PageTexts.Mixed(tokens)), ("one code block", PageTexts.Code(tokens)), ("one list", PageTexts.List(tokens)) })
            {
                await servers.Configure(text, ChunkCharacters, Delay);
                var without = await Run(deployment, "");
                var with = await Run(deployment, "?render=html");
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {tokens:N0} tokens, {name} | {without:F0} | {with:F0} |"));
            }
        }

        return 0;
    }

    private static async Task<double> Run(Deployment deployment, string query)
    {
        var rooms = (await Rooms.Create(deployment, 1, users: Streams)).Streamed;
        using var http = new HttpClient { BaseAddress = deployment.Gateways[0].Address, Timeout = Timeout.InfiniteTimeSpan };
        var start = deployment.Cpu;
        await Task.WhenAll(rooms.Select(room => StreamClient.Read(http, room with { Path = $"{room.Path}/stream{query}" })));
        return (deployment.Cpu - start).TotalMilliseconds / Streams;
    }
}
