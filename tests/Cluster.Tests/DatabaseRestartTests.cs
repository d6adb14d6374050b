using GeminiChat.Cluster.Tests.Servers;

namespace GeminiChat.Cluster.Tests;

/// <summary>PostgreSQL is restarted while rooms are at work.</summary>
[Collection<ServerFaults>]
public sealed class DatabaseRestartTests(ClusterFixture fixture, ITestOutputHelper output)
{
    private const int Held = 20;

    private static readonly TimeSpan ForReadiness = TimeSpan.FromSeconds(10);

    [Fact]
    public Task A_fast_restart_costs_time_and_no_message_and_no_answer() => Restart(postgres => postgres.Stop());

    [Fact]
    public Task An_immediate_restart_costs_time_and_no_message_and_no_answer() => Restart(postgres => postgres.Abort());

    private async Task Restart(Func<PostgresServer, Task> end)
    {
        var cluster = await fixture.Whole();
        var talk = new Talk(cluster);
        var isAway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var held = await talk.Open(user, Held);
        var refusing = (await talk.Open(user, 1))[0];
        cluster.Gemini.Answer(request => held.Any(room => room.Marker == request.System)
            ? talk.HalfAtFirst(request, isAway.Task)
            : talk.Whole(request));
        await talk.PostToEach(held);
        var audience = new Audience(cluster);
        await audience.Listen(held, cluster.Gateways[0]);
        using var crowd = await Crowd.Gather(cluster, talk, user);
        await crowd.GoesOn();

        await end(cluster.Postgres);
        var key = talk.NewKey();
        await Task.WhenAll(cluster.Gateways.Select(gateway => Talk.IsRefused(refusing, key, gateway.Http)));

        // The turns at work come to their ends while nobody can store them.
        isAway.SetResult();
        await Task.WhenAll(cluster.Gemini.Calls.Requests.Select(call => call.ClosedEarly));
        await cluster.Postgres.Restart();
        var start = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(cluster.Silos.Select(silo => silo.UntilReady())).WaitAsync(ForReadiness);
        output.WriteLine($"ready again after {TimeProvider.System.GetElapsedTime(start)}");

        await talk.Post(refusing, key);
        await crowd.GoesOn();
        await crowd.Ends();
        await user.Ended(refusing.Id, refusing.Replies[0]);
        await audience.UntilEnds();
        await talk.Check([.. held, refusing]);
        Assert.Equal(crowd.Posts + Held + 1, talk.Model.Calls.Count);
        Assert.DoesNotContain(cluster.Silos, silo => silo.HasExited);
    }
}
