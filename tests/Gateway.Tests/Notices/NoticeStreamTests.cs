using System.Net;
using GeminiChat.Gateway.Events;
using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Tests.Fakes;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Notices;

/// <summary>How notices go out as events.</summary>
public sealed class NoticeStreamTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TestUser _user = gateway.NewUser();

    [Fact]
    public async Task Every_kind_of_notice_has_its_event_and_its_id()
    {
        var now = FakeUserGrain.Born;
        var room = new RoomSummary(_user.RoomId, "Über", now, now, Version: 3);
        using var response = await SendAsync(_user, "7-0");
        _user.Grain.Notices.Tell(
            new Notice.RoomCreated(room),
            new Notice.RoomRenamed(room with { Name = "Unter", Version = 4 }),
            new Notice.ReplyQueued(room.Id, 5, now, 2, 1),
            new Notice.ReplyGenerating(room.Id, 2),
            new Notice.ReplyFinished(room.Id, 6, now, 2, MessageStatus.Incomplete),
            new Notice.RoomDeleted(room.Id),
            new Notice.TierChanged(Tier.Pro),
            new Notice.Reload());
        const string Time = "2026-01-02T03:04:05.060Z";
        string[] expected =
        [
            ": reading on\n\n",
            $$"""{"id":"{{room.Id}}","name":"Über","created_at":"{{Time}}","updated_at":"{{Time}}","version":3}""",
            $$"""{"id":"{{room.Id}}","name":"Unter","created_at":"{{Time}}","updated_at":"{{Time}}","version":4}""",
            $$"""{"id":"{{room.Id}}","reply_id":2,"position":1,"updated_at":"{{Time}}","version":5}""",
            $$"""{"id":"{{room.Id}}","reply_id":2}""",
            $$"""{"id":"{{room.Id}}","reply_id":2,"status":"incomplete","updated_at":"{{Time}}","version":6}""",
            $$"""{"id":"{{room.Id}}"}""",
            """{"tier":"Pro"}""",
            "{}",
        ];
        string[] names = ["created", "renamed", "queued", "generating", "finished", "deleted", "tier", "reload"];
        var text = expected[0] + string.Concat(names.Select((name, i) => $"event: {name}\nid: 7-{i + 1}\ndata: {expected[i + 1]}\n\n"));

        Assert.Equal(text, await ReadAsync(response, System.Text.Encoding.UTF8.GetByteCount(text)));
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
    }

    [Fact]
    public async Task A_new_reader_starts_at_the_present_and_gets_a_cursor()
    {
        _user.Grain.Notices.Tell(new Notice.TierChanged(Tier.Pro));
        using var response = await SendAsync(_user);
        const string Opening = ": from now on\n\nid: 7-1\n\n";
        Assert.Equal(Opening, await ReadAsync(response, Opening.Length));
        _user.Grain.Notices.Tell(new Notice.TierChanged(Tier.Basic));
        await using var events = await Tests.SseReader.OpenAsync(response);
        Assert.Equal("Basic", (await events.ExpectAsync("tier", "7-2")).Text("tier"));
    }

    [Theory]
    [InlineData("6-1")]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("-1-0")]
    public async Task A_cursor_that_is_no_longer_kept_gets_reload(string lastEventId)
    {
        _user.Grain.Notices.Tell(new Notice.TierChanged(Tier.Pro));
        await using var events = await OpenAsync(_user, lastEventId);
        await events.ExpectAsync("reload", "7-1");
        _user.Grain.Notices.Tell(new Notice.TierChanged(Tier.Basic));
        await events.ExpectAsync("tier", "7-2");
    }

    [Fact]
    public async Task Anonymous_clients_get_no_notices()
    {
        using var stranger = gateway.CreateAnonymousClient();
        await (await stranger.GetAsync("/events")).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_stream_ends_with_its_session()
    {
        await using var events = await OpenAsync(_user, "7-0");
        await _user.Grain.Notices.Followed.Task.WaitAsync(Deadline);
        _user.Grain.IsSignedIn = false;
        var problem = await events.ExpectAsync("error", id: null);
        Assert.Equal(401, problem.GetProperty("status").GetInt32());
        Assert.Equal("/events", problem.Text("instance"));
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task A_stream_survives_the_loss_of_a_silo_and_asks_to_reconnect_when_the_store_stays_away()
    {
        var notices = _user.Grain.Notices;
        await using var events = await OpenAsync(_user);
        await notices.Followed.Task.WaitAsync(Deadline);
        notices.Outages.Throw(new TimeoutException());
        notices.Tell(new Notice.TierChanged(Tier.Pro));
        await events.ExpectAsync("tier", "7-1");
        await notices.Followed.Task.WaitAsync(Deadline);
        notices.Outages.Throw(new StoreUnavailableException("no"), new StoreUnavailableException("no"));
        notices.Tell(new Notice.TierChanged(Tier.Basic));
        await events.ExpectAsync("tier", "7-2");
        await events.ExpectAsync("reconnect", id: null);
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task A_user_may_have_twenty_notice_streams_at_once()
    {
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < NoticeStreamLimiter.MaxStreams; i++)
        {
            open.Add(await SendAsync(_user));
            Assert.Equal(HttpStatusCode.OK, open[^1].StatusCode);
        }

        await (await SendAsync(_user)).ReadProblemAsync(HttpStatusCode.TooManyRequests);
        using var another = await SendAsync(gateway.NewUser());
        Assert.Equal(HttpStatusCode.OK, another.StatusCode);

        await _user.Grain.Notices.Followed.Task.WaitAsync(Deadline);
        open.ForEach(response => response.Dispose());
        using var deadline = new CancellationTokenSource(Deadline);
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await SendAsync(_user)).StatusCode is not HttpStatusCode.OK)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    [Fact]
    public async Task A_stopping_server_sends_reconnect()
    {
        await using var leaving = await TestGateway.StartAsync();
        var user = leaving.NewUser();
        await using var events = await OpenAsync(user, "7-0");
        await user.Grain.Notices.Followed.Task.WaitAsync(Deadline);
        leaving.Stop();
        await events.ExpectAsync("reconnect", id: null);
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task An_idle_notice_stream_sends_keep_alive_comments()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var silent = await TestGateway.StartAsync(
            ["--ACCESS_TOKEN_EXPIRE_MINUTES=100000"], builder => builder.Services.AddSingleton<TimeProvider>(time));
        var user = silent.NewUser();
        using var response = await SendAsync(user, "7-0");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(": reading on", await lines.ReadLineAsync());
        Assert.Equal("", await lines.ReadLineAsync());
        await user.Grain.Notices.Followed.Task.WaitAsync(Deadline);
        Assert.Equal(": ping", await time.AdvanceUntilAsync(StreamPump.PingAfter, lines.ReadLineAsync()));
    }

    [Fact]
    public async Task Disconnecting_ends_the_FollowNotices_call()
    {
        var response = await SendAsync(_user);
        await _user.Grain.Notices.Followed.Task.WaitAsync(Deadline);
        response.Dispose();
        await _user.Grain.Notices.Left.Task.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_is_disconnected_and_delays_no_other()
    {
        await using var strict = await TestGateway.StartAsync(configure: builder => builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1e9, gracePeriod: TimeSpan.FromSeconds(2))));
        var user = strict.NewUser();
        using var stalled = await StalledHttpClient.StartAsync(strict.Address, "/events", strict.TokenOf(user.Id));
        await using var other = await OpenAsync(user);
        var room = new RoomSummary(user.RoomId, new string('n', 200), FakeUserGrain.Born, FakeUserGrain.Born, Version: 1);
        var batch = Enumerable.Repeat<Notice>(new Notice.RoomRenamed(room), 512).ToArray();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var told = 0; !stalled.IsDisconnected();)
        {
            deadline.Token.ThrowIfCancellationRequested();
            user.Grain.Notices.Tell(batch);
            foreach (var _ in batch)
            {
                await other.ExpectAsync("renamed", $"7-{++told}");
            }
        }
    }

    [Fact]
    public async Task A_stalled_notice_reader_is_disconnected_after_30_seconds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var patient = await TestGateway.StartAsync(configure: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MinResponseDataRate = null);
        });
        var user = patient.NewUser();
        using var stalled = await StalledHttpClient.StartAsync(patient.Address, "/events", patient.TokenOf(user.Id));
        await user.Grain.Notices.Followed.Task.WaitAsync(Deadline);
        var room = new RoomSummary(user.RoomId, new string('n', 200), FakeUserGrain.Born, FakeUserGrain.Born, Version: 1);
        user.Grain.Notices.Tell([.. Enumerable.Repeat<Notice>(new Notice.RoomRenamed(room), 50_000)]);

        using var deadline = new CancellationTokenSource(Deadline);
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!stalled.IsDisconnected())
        {
            await retry.WaitForNextTickAsync(deadline.Token);
            time.Advance(WriteTimeoutResponseBody.WriteTimeout / 4);
        }
    }

    private static async Task<Tests.SseReader> OpenAsync(TestUser user, string? lastEventId = null) =>
        await Tests.SseReader.OpenAsync(await SendAsync(user, lastEventId));

    private static Task<HttpResponseMessage> SendAsync(TestUser user, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/events");
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return user.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, int bytes)
    {
        var buffer = new byte[bytes];
        using var deadline = new CancellationTokenSource(Deadline);
        await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(buffer, deadline.Token);
        return System.Text.Encoding.UTF8.GetString(buffer);
    }
}
