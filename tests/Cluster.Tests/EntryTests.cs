using System.Globalization;
using GeminiChat.Fakes;

namespace GeminiChat.Cluster.Tests;

/// <summary>At which silo calls enter the cluster.</summary>
[Collection<StableMembers>]
public sealed class EntryTests(StableClusterFixture fixture)
{
    private const int Users = 8;
    private const int PostsOfUser = 16;
    private const string SentRequests = "orleans_messaging_sent_messages_size_bytes_count";

    /// <summary>
    /// With calls that enter anywhere, half of the posts would go from silo to silo. What silos have to say to each other anyway is
    /// much less.
    /// </summary>
    [Fact]
    public async Task Posts_enter_at_the_silo_of_the_room_and_its_user()
    {
        var cluster = await fixture.GetHealthyCluster();
        cluster.Gemini.ReplyWith(_ => Script.Words("ok"));
        var talk = new ChatDriver(cluster);
        using var deadline = Deadline.Start();
        using var metrics = new HttpClient();
        int between;
        do
        {
            // The gateways know the silos some seconds after their start.
            Assert.False(deadline.IsCancellationRequested, "Calls go from silo to silo.");
            var rooms = await talk.Open(Users);
            var before = await CountRequestsBetweenSilos(metrics);
            await talk.PostToEach(Enumerable.Repeat(rooms, PostsOfUser).SelectMany(each => each));
            await talk.WaitUntilAnswered(rooms, Deadline.Timeout);
            between = await CountRequestsBetweenSilos(metrics) - before;
        }
        while (between > Users * PostsOfUser / 4);
    }

    private async Task<int> CountRequestsBetweenSilos(HttpClient metrics)
    {
        var scrapes = await Task.WhenAll(fixture.MetricsUrls.Select(url => metrics.GetStringAsync(url)));
        return scrapes.SelectMany(scrape => scrape.Split('\n'))
            .Where(line => line.StartsWith(SentRequests, StringComparison.Ordinal)
                && line.Contains("ConnectionDirection=\"SiloToSilo\"", StringComparison.Ordinal)
                && line.Contains("MessageDirection=\"Request\"", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split("} ")[1].Split(' ')[0], CultureInfo.InvariantCulture));
    }
}
