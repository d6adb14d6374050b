using System.Net;
using System.Net.ServerSentEvents;
using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Played;

namespace GeminiChat.Cluster.Tests;

/// <summary>It makes no difference which gateway a client comes to.</summary>
[Collection<MemberFaults>]
public sealed class AnyGatewayTests(ClusterFixture fixture) : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private RunningCluster _cluster = null!;
    private ChatUser _here = null!;
    private ChatUser _there = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await fixture.Whole();
        _cluster.Gemini.Answer(request => Script.Words($"re {request.LastText}"));
        _here = await ChatUser.SignIn(_cluster.Gateways[0].Http);
        _there = _here.At(_cluster.Gateways[1].Http);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_room_of_any_silo_is_used_through_either_gateway()
    {
        var before = _cluster.Gemini.Calls.Total;
        var rooms = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? _here : _there).NewRoom($"room {i}")));
        foreach (var room in rooms)
        {
            Assert.Equal("re one", (await _here.Ask(room, "one")).Text());
            Assert.Equal("re two", (await _there.Ask(room, "two")).Text());
            Assert.Equal("re two", (await _here.Ended(room, 4)).Content());
        }

        Assert.Equal([0, 1], _cluster.Gemini.Calls.Requests.Skip(before).Select(RunningCluster.SiloOf).Distinct().Order());
    }

    [Fact]
    public async Task A_list_read_at_one_gateway_shows_what_was_just_done_at_the_other()
    {
        for (var i = 0; i < 20; i++)
        {
            var room = await _here.NewRoom($"room {i}");
            Assert.Equal(room, (await Newest(_there)).Id);

            using var renamed = await _there.Send(HttpMethod.Patch, $"/chatroom/{room}", new { name = $"renamed {i}" });
            Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
            Assert.Equal((room, $"renamed {i}"), await Newest(_here));

            using var deleted = await _here.Send(HttpMethod.Delete, $"/chatroom/{room}");
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
            Assert.Empty((await _there.Get("/chatroom")).EnumerateArray());
        }
    }

    [Fact]
    public async Task Notices_at_one_gateway_tell_of_what_happens_at_the_other()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await using var notices = _there.Stream(HttpMethod.Get, "/events", lastEventId: "0-0", cancellationToken: deadline.Token)
            .GetAsyncEnumerator(deadline.Token);
        Assert.Equal("reload", (await Next(notices)).EventType);
        for (var i = 0; i < 10; i++)
        {
            var room = await _here.NewRoom();
            await _here.Ask(room, "hello");
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
