using System.Net;
using System.Net.ServerSentEvents;
using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Fakes;

namespace GeminiChat.Cluster.Tests;

/// <summary>It makes no difference which gateway a client comes to.</summary>
[Collection<StableMembers>]
public sealed class AnyGatewayTests(StableClusterFixture fixture) : IAsyncLifetime
{
    private RunningCluster _cluster = null!;
    private ChatUser _atFirstGateway = null!;
    private ChatUser _atSecondGateway = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await fixture.GetHealthyCluster();
        _cluster.Gemini.ReplyWith(request => Script.Words($"re {request.LastText}"));
        _atFirstGateway = await ChatUser.SignIn(_cluster.Gateways[0].Http);
        _atSecondGateway = _atFirstGateway.Through(_cluster.Gateways[1].Http);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_room_of_any_silo_is_used_through_either_gateway()
    {
        var before = _cluster.Gemini.Calls.Total;
        var (first, second) = (_cluster.Gateways[0].Http, _cluster.Gateways[1].Http);
        for (var i = 0; i < 16; i++)
        {
            // The rooms of a user are all on one silo.
            var user = await ChatUser.SignIn(first);
            var room = await user.Through(i % 2 == 0 ? first : second).NewRoom($"room {i}");
            Assert.Equal("re one", (await user.Ask(room, "one")).Text());
            Assert.Equal("re two", (await user.Through(second).Ask(room, "two")).Text());
            Assert.Equal("re two", (await user.WaitForReply(room, 4)).Content());
        }

        Assert.Equal([0, 1], _cluster.Gemini.Calls.Requests.Skip(before).Select(RunningCluster.SiloOf).Distinct().Order());
    }

    [Fact]
    public async Task The_room_list_at_one_gateway_shows_changes_made_at_the_other()
    {
        for (var i = 0; i < 5; i++)
        {
            var room = await _atFirstGateway.NewRoom($"room {i}");
            Assert.Equal(room, (await Newest(_atSecondGateway)).Id);

            using var renamed = await _atSecondGateway.Send(HttpMethod.Patch, $"/chatroom/{room}", new { name = $"renamed {i}" });
            Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
            Assert.Equal((room, $"renamed {i}"), await Newest(_atFirstGateway));

            using var deleted = await _atFirstGateway.Send(HttpMethod.Delete, $"/chatroom/{room}");
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
            Assert.Empty((await _atSecondGateway.Get("/chatroom")).EnumerateArray());
        }
    }

    [Fact]
    public async Task Notices_at_one_gateway_report_changes_made_at_the_other()
    {
        using var deadline = Deadline.Start();
        await using var notices = _atSecondGateway.Stream(HttpMethod.Get, "/events", lastEventId: "0-0", cancellationToken: deadline.Token)
            .GetAsyncEnumerator(deadline.Token);
        Assert.Equal("reload", (await Next(notices)).EventType);
        for (var i = 0; i < 4; i++)
        {
            var room = await _atFirstGateway.NewRoom();
            await _atFirstGateway.Ask(room, "hello");
            foreach (var expected in new[] { "created", "queued", "generating", "finished" })
            {
                var notice = await Next(notices);
                Assert.Equal((expected, room), (notice.EventType, notice.Json().GetProperty("id").GetString()));
            }
        }
    }

    private static async Task<(string? Id, string? Name)> Newest(ChatUser user)
    {
        var newest = (await user.Get("/chatroom"))[0];
        return (newest.GetProperty("id").GetString(), newest.GetProperty("name").GetString());
    }

    private static async Task<SseItem<string>> Next(IAsyncEnumerator<SseItem<string>> events)
    {
        Assert.True(await events.MoveNextAsync());
        return events.Current;
    }
}
