namespace GeminiChat.Bench;

/// <summary>What the search adds to a reply, from the request to its end: temporary rooms are not in the search.</summary>
internal static class SearchIndex
{
    private const int RoomsPerUser = 32;
    private const int Chunks = 20;
    private const double Goal = 1.15;

    public static async Task<IReadOnlyList<Row>> Run(BenchServers servers)
    {
        await servers.Configure(Chunks);
        await using var sqlite = await Deployment.StartOnSqlite(servers.ModelUrl);
        await using var postgres = await Deployment.StartOnPostgres(servers.ModelUrl);
        return [await Compare("SQLite", sqlite, () => sqlite.Cpu), await Compare("PostgreSQL", postgres, () => postgres.Cpu + postgres.DatabaseCpu)];
    }

    private static async Task<Row> Compare(string database, Deployment deployment, Func<TimeSpan> cpu)
    {
        var (outside, inside) = (await Streamed(temporary: true), await Streamed(temporary: false));
        return await Comparison.Run($"reply of 20 chunks in the search over one that is not, {database}", Goal, outside, inside);

        async Task<Side> Streamed(bool temporary) => Side.Of(deployment, (await Rooms.Create(deployment, RoomsPerUser, temporary: temporary)).Streamed) with
        {
            Cpu = cpu,
            WarmUp = (await Rooms.Create(deployment, RoomsPerUser, temporary: temporary)).Streamed,
        };
    }
}
