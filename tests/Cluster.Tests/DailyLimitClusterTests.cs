using System.Net;

namespace GeminiChat.Cluster.Tests;

/// <summary>The day's limit, whichever gateways and silos are at work.</summary>
[Collection<StableMembers>]
public sealed class DailyLimitClusterTests(StableClusterFixture fixture)
{
    private const int Limit = StableClusterFixture.BasicLimit;
    private const int Rooms = 20;
    private const int Sends = 200;

    [Fact]
    public async Task Of_many_parallel_posts_over_two_gateways_exactly_the_daily_limit_is_accepted()
    {
        await UtcDay.WaitForTimeLeft();
        var cluster = await fixture.GetHealthyCluster();
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(i => user.NewRoom($"room {i}")));

        var sends = await Task.WhenAll(Enumerable.Range(0, Sends).Select(i => Send(user.Through(cluster.Gateways[i % 2].Http), rooms[i % Rooms])));

        Assert.Equal(Limit, sends.Count(status => status is HttpStatusCode.Accepted));
        Assert.Equal(Sends - Limit, sends.Count(status => status is HttpStatusCode.TooManyRequests));
        var ids = string.Join(',', rooms.Select(room => $"'{room}'"));
        Assert.Equal(Limit, await cluster.Postgres.Count($"select count(*) from messages where sender = 0 and room_id in ({ids})"));
        Assert.All(await Task.WhenAll(cluster.Gateways.Select(gateway => Used(user.Through(gateway.Http)))), used => Assert.Equal(Limit, used));
    }

    private static async Task<int> Used(ChatUser user) => (await user.Get("/user/usage")).GetProperty("used").GetInt32();

    private static async Task<HttpStatusCode> Send(ChatUser user, string room)
    {
        using var response = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "hello" });
        return response.StatusCode;
    }
}
