namespace GeminiChat.Bench;

/// <summary>What is answered from memory, beside an empty endpoint that returns as many bytes.</summary>
internal static class Reads
{
    private const int Rooms = 20;
    private const int Callers = 32;
    private const int Rounds = 3;
    private const int Count = 60_000;

    public static async Task<int> Measure()
    {
        await using var stage = await BenchEnvironment.Open(words: 20);
        var token = await stage.SignIn(1);
        var rooms = await stage.CreateRooms(token, Rooms);
        await LoadGenerator.SendAndMeasure(stage.Http, LoadGenerator.CreatePost(rooms[0], token), new byte[16 * 1024]);
        string[] paths = ["/chatroom", "/user/me", new Uri(rooms[0]).AbsolutePath.Replace("/message", "", StringComparison.Ordinal)];
        Console.WriteLine($"Reads, {Callers} callers, {Count} a round; the last round counts.");
        for (var round = 1; round <= Rounds; round++)
        {
            foreach (var path in paths)
            {
                var bytes = (await stage.Http.SendAsync(LoadGenerator.CreateGet(stage.GatewayUrl + path, token))).Content.Headers.ContentLength ?? 0;
                var empty = await LoadGenerator.Run($"empty, {bytes} bytes", stage.Baseline, stage.Http, Count, Callers, _ => LoadGenerator.CreateGet($"{stage.BaselineUrl}/bytes/{bytes}", token));
                var ours = await LoadGenerator.Run($"GET {path[..Math.Min(path.Length, 20)]}", stage.Gateway, stage.Http, Count, Callers, _ => LoadGenerator.CreateGet(stage.GatewayUrl + path, token));
                Console.WriteLine($"  ratio {ours / empty:F2}");
            }
        }

        return 0;
    }
}
