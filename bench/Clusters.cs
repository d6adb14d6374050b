namespace GeminiChat.Bench;

/// <summary>Streamed replies on PostgreSQL: one process, one gateway and one silo, two and two.</summary>
internal static class Clusters
{
    private const int RoomsPerUser = 32;
    private const int Chunks = 20;

    public static async Task<IReadOnlyList<Row>> Run(BenchServers servers)
    {
        await servers.Configure(Chunks);
        await using var sqlite = await Deployment.StartOnSqlite(servers.ModelUrl);
        await using var postgres = await Deployment.StartOnPostgres(servers.ModelUrl);
        await using var pair = await Deployment.StartCluster(servers.ModelUrl, silos: 1, gateways: 1);
        await using var pairs = await Deployment.StartCluster(servers.ModelUrl, silos: 2, gateways: 2);
        var (one, other) = (await Streamed(sqlite), await Streamed(postgres));
        var (ofPair, ofPairs) = (await Streamed(pair), await Streamed(pairs));
        return
        [
            await Comparison.Run("reply of 20 chunks, PostgreSQL over SQLite", null, one, other),
            await Comparison.Run("reply of 20 chunks, a gateway and a silo over one process", 1.3, one, ofPair),
            await Comparison.Run("reply of 20 chunks, two of each over one of each", 1.15, ofPair, ofPairs),
            await Comparison.Run(
                "the same, CPU of PostgreSQL", 1.1, ofPair with { Cpu = () => pair.DatabaseCpu }, ofPairs with { Cpu = () => pairs.DatabaseCpu }),
        ];
    }

    private static async Task<Side> Streamed(Deployment deployment) =>
        Side.Of(deployment, (await Rooms.Create(deployment, RoomsPerUser)).Streamed) with
        {
            WarmUp = (await Rooms.Create(deployment, RoomsPerUser)).Streamed,
        };
}
