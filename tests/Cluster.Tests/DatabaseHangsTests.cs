using System.Net;
using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Running.Chaos;

namespace GeminiChat.Cluster.Tests;

/// <summary>PostgreSQL keeps its connections and answers nothing.</summary>
[Collection<ServerFaults>]
public sealed class DatabaseHangsTests(ClusterFixture fixture, ITestOutputHelper output)
{
    private const int Callers = 8;

    private static readonly TimeSpan HangDuration = TimeSpan.FromSeconds(TestLength.Of(20, 60));
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(1);

    // What an orchestrator's probe and a client wait.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task While_the_database_hangs_posts_are_refused_in_time_and_service_recovers_afterwards()
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        cluster.Gemini.ReplyWith(talk.AnswerInFull);
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var rooms = await talk.Open(user, Callers);
        using var crowd = await BackgroundLoad.Start(cluster, talk);
        await crowd.AssertProgress();

        using var isOver = new CancellationTokenSource();
        cluster.Postgres.Pause();
        var probes = cluster.Silos.Concat<WebProcess>(cluster.Gateways).Select(member => ProbeLiveness(member, isOver.Token)).ToList();
        var keys = Array.ConvertAll(rooms, _ => talk.NewKey());
        var calls = rooms.Zip(keys, (room, key) => MeasureRefusals(cluster, room, key, isOver.Token)).ToList();
        await Task.Delay(HangDuration, TestContext.Current.CancellationToken);
        await isOver.CancelAsync();
        var refusals = (await Task.WhenAll(calls)).SelectMany(waits => waits).ToList();
        output.WriteLine($"{refusals.Count} refusals, the slowest after {refusals.Max()}; {(await Task.WhenAll(probes)).Sum()} probes");
        cluster.Postgres.Continue();

        // What a silo still held for them may be stored now; a caller who comes back with the key has one message.
        await Task.WhenAll(rooms.Zip(keys, talk.Post));
        await talk.PostToEach(rooms);
        await crowd.AssertProgress();
        await crowd.StopAndVerify();
        await talk.WaitUntilAnswered(rooms, ResponseTimeout);
        await talk.VerifyRooms(rooms);
    }

    /// <summary>Probes as an orchestrator does.</summary>
    /// <returns>How often.</returns>
    private static async Task<int> ProbeLiveness(WebProcess member, CancellationToken isOver)
    {
        using var timer = new PeriodicTimer(BetweenProbes);
        var probes = 0;
        while (!isOver.IsCancellationRequested)
        {
            using var live = await member.Http.GetAsync("/health/live", CancellationToken.None).WaitAsync(ProbeTimeout, CancellationToken.None);
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
            probes++;
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        return probes;
    }

    /// <summary>Posts again and again.</summary>
    /// <returns>How long each of the refusals took.</returns>
    private static async Task<List<TimeSpan>> MeasureRefusals(RunningCluster cluster, RoomHistory room, string key, CancellationToken isOver)
    {
        var refusals = new List<TimeSpan>();
        while (!isOver.IsCancellationRequested)
        {
            var start = TimeProvider.System.GetTimestamp();
            await ChatDriver.AssertRefused(room, key, (await cluster.Gateway).Http).WaitAsync(ResponseTimeout, CancellationToken.None);
            refusals.Add(TimeProvider.System.GetElapsedTime(start));
        }

        return refusals;
    }
}
