
namespace GeminiChat.Bench;

/// <summary>Rooms that requests go to, and who owns them.</summary>
internal sealed class Rooms
{
    private const int Users = 64;
    private const int Parallelism = 16;

    private readonly List<(ChatUser User, string Room)> _rooms = [];

    public IEnumerable<(ChatUser User, string Room)> All => _rooms;

    /// <summary>Posts to each room in turn, and reads the replies as they are generated.</summary>
    public IReadOnlyList<BenchRequest> Streamed => Posts("text/event-stream");

    /// <summary>Posts to each room in turn, without the replies.</summary>
    public IReadOnlyList<BenchRequest> Sent => Posts("application/json");

    /// <summary>Creates rooms for new users.</summary>
    public static async Task<Rooms> Create(Deployment deployment, int roomsPerUser, int users = Users, bool temporary = false)
    {
        var created = new Rooms();
        await Parallel.ForAsync(0, users, new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, async (_, _) =>
        {
            var user = await ChatUser.SignIn(deployment.Gateways[0].Http);
            for (var i = 0; i < roomsPerUser; i++)
            {
                var room = await user.NewRoom($"room {i}", temporary);
                lock (created._rooms)
                {
                    created._rooms.Add((user, room));
                }
            }
        });

        // One after the other, the requests of a user would meet at one grain.
        var ordered = created._rooms.GroupBy(static one => one.User).SelectMany(static rooms => rooms.Index()).OrderBy(static one => one.Index).ToList();
        created._rooms.Clear();
        created._rooms.AddRange(ordered.Select(static one => one.Item));
        return created;
    }

    private IReadOnlyList<BenchRequest> Posts(string accept) =>
        [.. _rooms.Select(one => new BenchRequest("POST", $"/chatroom/{one.Room}/message", one.User.Token, accept))];
}
