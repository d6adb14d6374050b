namespace GeminiChat.Bench;

/// <summary>Whole replies: accepted, stored, generated, streamed, stored again; beside a bare relay of the same stream.</summary>
internal static class Replies
{
    private const int Rooms = 900;
    private const int Callers = 32;
    private const int Rounds = 4;

    public static async Task<int> Measure(int words)
    {
        await using var stage = await BenchEnvironment.Open(words);
        var token = await stage.SignIn(1);
        var rooms = await stage.CreateRooms(token, Rooms);
        var count = Math.Max(400, 80_000 / words);
        Console.WriteLine($"Replies of {words} chunks, {Callers} callers, {count} a round; the last round counts.");
        for (var round = 1; round <= Rounds; round++)
        {
            var relay = await LoadGenerator.Run("bare relay", stage.Baseline, stage.Http, count, Callers, _ => LoadGenerator.CreatePost($"{stage.BaselineUrl}/relay", token));
            var ours = await LoadGenerator.Run("gateway", stage.Gateway, stage.Http, count, Callers, i => LoadGenerator.CreatePost(rooms[i % Rooms], token));
            Console.WriteLine($"  ratio {ours / relay:F2}");
        }

        await LoadGenerator.Run("bare relay, one caller", stage.Baseline, stage.Http, count / 8, 1, _ => LoadGenerator.CreatePost($"{stage.BaselineUrl}/relay", token));
        await LoadGenerator.Run("gateway, one caller", stage.Gateway, stage.Http, count / 8, 1, i => LoadGenerator.CreatePost(rooms[i % Rooms], token));
        return 0;
    }
}
