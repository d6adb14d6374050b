namespace GeminiChat.Bench;

/// <summary>
/// What rooms and users that are awake take of memory: the growth of the working set from some to many. The garbage
/// collector is told to keep little garbage, because that would be measured too.
/// </summary>
internal static class Memory
{
    private const int Turns = 10;
    private const int FewUsers = 100;
    private const int ManyUsers = 2000;
    private const int FewRooms = 500;
    private const int ManyRooms = 4000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Row>> Run(BenchServers servers)
    {
        await servers.Configure(chunks: 5);
        await using var gateway = await Deployment.StartOnSqlite(
            servers.ModelUrl, ("DOTNET_gcServer", "0"), ("DOTNET_GCgen0size", "400000"), ("DOTNET_GCConserveMemory", "9"));
        var user = await Growth(gateway, FewUsers, ManyUsers, users => Rooms.Create(gateway, roomsPerUser: 0, users));
        var room = await Growth(gateway, FewRooms, ManyRooms, async count =>
        {
            var rooms = await Rooms.Create(gateway, roomsPerUser: count / FewUsers, users: FewUsers);
            await Parallel.ForEachAsync(rooms.All, async (one, _) =>
            {
                for (var turn = 0; turn < Turns; turn++)
                {
                    await one.User.Ask(one.Room, "Tell me something about the weather, please.");
                }
            });
        });
        return
        [
            new Row($"a user, awake, with Orleans' own", "KB of working set", null, user, null, null),
            new Row($"a room with {2 * Turns} messages, awake, with Orleans' own", "KB of working set", null, room, null, null),
        ];
    }

    private static async Task<double> Growth(Deployment gateway, int few, int many, Func<int, Task> create)
    {
        await create(few);
        await Task.Delay(Settling);
        var before = gateway.Memory;
        await create(many);
        await Task.Delay(Settling);
        return (gateway.Memory - before) / 1024.0 / many;
    }
}
