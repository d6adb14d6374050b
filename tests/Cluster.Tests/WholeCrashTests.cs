namespace GeminiChat.Cluster.Tests;

/// <summary>kill -9 of everything that is ours, as when the power goes.</summary>
[Collection<MemberFaults>]
public sealed class WholeCrashTests(ClusterFixture fixture, ITestOutputHelper output)
{
    private const int Rooms = 40;

    private static readonly TimeSpan ForAcceptedWork = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task After_a_restart_all_accepted_messages_are_answered_once_though_no_client_comes()
    {
        var cluster = await fixture.Whole();
        var talk = new Talk(cluster);
        var restarted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Gemini.Answer(request => talk.HalfAtFirst(request, restarted.Task));
        var rooms = await talk.Open(await ChatUser.SignIn(cluster.Gateways[0].Http), Rooms);
        await talk.PostToEach(rooms);
        await talk.PostToEach(rooms);
        await cluster.Gemini.Calls.UntilRunning(Rooms);

        await Task.WhenAll([.. cluster.Silos.Select(silo => silo.Kill()), .. cluster.Gateways.Select(gateway => gateway.Kill())]);
        restarted.SetResult();
        var start = TimeProvider.System.GetTimestamp();
        await cluster.Heal();
        output.WriteLine($"ready again after {TimeProvider.System.GetElapsedTime(start)}");

        await talk.UntilAnswered(rooms, ForAcceptedWork);
        await talk.Check(rooms);
        Assert.Equal(Rooms + (2 * Rooms), talk.Model.Calls.Count);
    }
}
