using System.Net;
using GeminiChat.Gateway.Tests.Live;

namespace GeminiChat.Gateway.Tests.Notices;

/// <summary>Notices from the grains to devices at two gateways.</summary>
public sealed class NoticeTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task Two_devices_at_two_gateways_see_the_same_and_one_that_comes_back_reads_on()
    {
        var person = await gateway.NewPerson().Join();
        using var elsewhere = gateway.StrangerElsewhere();
        var one = await Open(person);
        await using var two = await Open(person, elsewhere);
        var room = await person.NewRoom();
        var created = await one.NextAsync();
        Assert.Equal("created", created.EventType);
        await one.DisposeAsync();
        var sent = await person.Send(HttpMethod.Post, $"/chatroom/{room}/message", """{"content":"hello"}""");
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);

        await using var back = await Open(person, elsewhere, created.EventId);
        Assert.Equal(created.Data, (await two.NextAsync()).Data);
        foreach (var expected in new[] { "queued", "generating", "finished" })
        {
            var (here, there) = (await back.NextAsync(), await two.NextAsync());
            Assert.Equal((expected, expected), (here.EventType, there.EventType));
            Assert.Equal((here.Data, here.EventId), (there.Data, there.EventId));
            Assert.Equal(room, System.Text.Json.JsonDocument.Parse(here.Data).RootElement.Text("id"));
        }
    }

    [Fact]
    public async Task What_happens_to_others_is_not_told()
    {
        var person = await gateway.NewPerson().Join();
        var other = await gateway.NewPerson().Join();
        await using var events = await Open(person);
        await other.NewRoom();
        var room = await person.NewRoom();
        Assert.Contains(room, (await events.NextAsync()).Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logging_out_ends_the_stream()
    {
        var person = await gateway.NewPerson().Join();
        await using var events = await Open(person);
        Assert.Equal(HttpStatusCode.NoContent, (await person.Send(HttpMethod.Post, "/auth/logout")).StatusCode);
        Assert.Equal("error", (await events.NextAsync()).EventType);
        await events.ExpectEndAsync();
    }

    private static async Task<Events> Open(Person person, HttpClient? at = null, string? lastEventId = null) =>
        await Events.OpenAsync(await person.Send(HttpMethod.Get, "/events", at: at, lastEventId: lastEventId));
}
