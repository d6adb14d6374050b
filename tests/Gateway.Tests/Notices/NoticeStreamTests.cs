using System.Net;
using GeminiChat.Gateway.Notices;
using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Running;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Notices;

/// <summary>How notices go out as events.</summary>
public sealed class NoticeStreamTests(GatewayFixture gateway) : IAsyncLifetime
{
    private ApiUser _user = null!;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Every_kind_of_notice_has_its_event_and_its_id()
    {
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 60, TimeSpan.Zero);
        var epoch = await _user.BeginNotices();
        var room = new RoomSummary(_user.RoomId, "Über", now, now, Version: 3);
        using var response = await SendAsync(_user, $"{epoch}-0");
        await _user.Notify(
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
            "retry: 1000\n",
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
        var text = expected[0] + string.Concat(names.Select((name, i) => $"event: {name}\nid: {epoch}-{i + 1}\ndata: {WithType(name, expected[i + 1])}\n\n"));

        Assert.Equal(text, await ReadAsync(response, System.Text.Encoding.UTF8.GetByteCount(text)));
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
    }

    [Fact]
    public async Task A_new_reader_starts_at_the_present_and_gets_a_cursor()
    {
        var epoch = await _user.BeginNotices();
        await _user.Notify(new Notice.TierChanged(Tier.Pro));
        await _user.WaitForNotices(1);
        using var response = await SendAsync(_user);
        var opening = $"retry: 1000\nevent: connected\nid: {epoch}-1\ndata: {{\"type\":\"connected\"}}\n\n";
        Assert.Equal(opening, await ReadAsync(response, opening.Length));
        await _user.Notify(new Notice.TierChanged(Tier.Basic));
        await using var events = await Tests.SseReader.OpenAsync(response);
        Assert.Equal("Basic", (await events.ExpectAsync("tier", $"{epoch}-2")).Text("tier"));
    }

    [Theory]
    [InlineData("6-1")]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("-1-0")]
    public async Task A_cursor_that_is_no_longer_kept_gets_reload(string lastEventId)
    {
        var epoch = await _user.BeginNotices();
        await _user.Notify(new Notice.TierChanged(Tier.Pro));
        await _user.WaitForNotices(1);
        await using var events = await OpenAsync(_user, lastEventId);
        await events.ExpectAsync("reload", $"{epoch}-1");
        await _user.Notify(new Notice.TierChanged(Tier.Basic));
        await events.ExpectAsync("tier", $"{epoch}-2");
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
        var epoch = await _user.BeginNotices();
        var follow = Follows(_user);
        await using var events = await OpenAsync(_user, $"{epoch}-0");
        await follow.WaitUntilBegun();
        await _user.EndSessions();
        var problem = await events.ExpectAsync("error", id: null);
        Assert.Equal(401, problem.GetProperty("status").GetInt32());
        Assert.Equal("/events", problem.Text("instance"));
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task A_stream_survives_the_loss_of_a_silo_and_asks_to_reconnect_when_the_store_stays_away()
    {
        var epoch = await _user.BeginNotices();
        var follow = Follows(_user);
        await using var events = await OpenAsync(_user, $"{epoch}-0");
        await follow.WaitUntilBegun();
        follow.Throw(new TimeoutException());
        await _user.Notify(new Notice.TierChanged(Tier.Pro));
        await events.ExpectAsync("tier", $"{epoch}-1");
        await follow.WaitUntilBegun();
        follow.Throw(new StoreUnavailableException("no"), new StoreUnavailableException("no"));
        await _user.Notify(new Notice.TierChanged(Tier.Basic));
        await events.ExpectAsync("tier", $"{epoch}-2");
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
        using var another = await SendAsync(await gateway.NewUserWithRoom());
        Assert.Equal(HttpStatusCode.OK, another.StatusCode);

        open.ForEach(response => response.Dispose());
        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await SendAsync(_user)).StatusCode is not HttpStatusCode.OK)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    [Fact]
    public async Task A_stopping_server_sends_reconnect()
    {
        await using var leaving = await GatewayFixture.StartAsync();
        var user = await leaving.NewUserWithRoom();
        var epoch = await user.BeginNotices();
        var follow = Follows(user);
        await using var events = await OpenAsync(user, $"{epoch}-0");
        await follow.WaitUntilBegun();
        leaving.Stop();
        await events.ExpectAsync("reconnect", id: null);
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task An_idle_notice_stream_sends_keep_alive_comments()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var silent = await GatewayFixture.StartAsync(
            ["--ACCESS_TOKEN_EXPIRE_MINUTES=100000"], builder => builder.Services.AddSingleton<TimeProvider>(time));
        var user = await silent.NewUserWithRoom();
        var epoch = await user.BeginNotices();
        var follow = Follows(user);
        using var response = await SendAsync(user, $"{epoch}-0");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("retry: 1000", await lines.ReadLineAsync());
        await follow.WaitUntilBegun();
        Assert.Equal(": ping", await time.AdvanceUntilAsync(StreamPump.PingAfter, lines.ReadLineAsync()));
    }

    [Fact]
    public async Task Disconnecting_ends_the_FollowNotices_call()
    {
        var follow = Follows(_user);
        var response = await SendAsync(_user);
        await follow.WaitUntilBegun(2);
        response.Dispose();
        await follow.WaitUntilCanceled();
    }

    [Fact]
    public async Task A_reader_that_does_not_read_is_disconnected_and_delays_no_other()
    {
        await using var strict = await GatewayFixture.StartAsync(configure: builder => builder.WebHost.UseSmallSendBuffers().ConfigureKestrel(
            kestrel => kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1e9, gracePeriod: TimeSpan.FromSeconds(2))));
        var user = await strict.NewUserWithRoom();
        var epoch = await user.BeginNotices();
        using var stalled = await StalledHttpClient.StartAsync(strict.Address, "/events", user.Token);
        await using var other = await OpenAsync(user);
        await other.ExpectAsync("connected", $"{epoch}-0");
        var batch = LongNotices(user, 256);
        using var deadline = Deadline.Start();
        for (var told = 0; !stalled.IsDisconnected();)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await user.Notify(batch);
            foreach (var _ in batch)
            {
                await other.ExpectAsync("renamed", $"{epoch}-{++told}");
            }
        }
    }

    [Fact]
    public async Task A_stalled_notice_reader_is_disconnected_after_30_seconds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var ownGateway = await GatewayFixture.StartAsync(configure: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.WebHost.UseSmallSendBuffers().ConfigureKestrel(kestrel => kestrel.Limits.MinResponseDataRate = null);
        });
        var user = await ownGateway.NewUserWithRoom();
        var follow = Follows(user);
        using var stalled = await StalledHttpClient.StartAsync(ownGateway.Address, "/events", user.Token);
        await follow.WaitUntilBegun(2);
        await user.Notify(LongNotices(user, 512));

        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!stalled.IsDisconnected())
        {
            await retry.WaitForNextTickAsync(deadline.Token);
            time.Advance(WriteTimeoutResponseBody.WriteTimeout / 4);
        }
    }

    /// <summary>The members after the type.</summary>
    private static string WithType(string name, string data) => data == "{}" ? $$"""{"type":"{{name}}"}""" : $$"""{"type":"{{name}}",{{data[1..]}}""";

    private static InterceptedCalls Follows(ApiUser user) => user.Calls(nameof(IUserGrain.FollowNotices));

    private static Notice[] LongNotices(ApiUser user, int count)
    {
        var room = new RoomSummary(user.RoomId, new string('n', 200), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, Version: 1);
        return [.. Enumerable.Repeat<Notice>(new Notice.RoomRenamed(room), count)];
    }

    private static async Task<Tests.SseReader> OpenAsync(ApiUser user, string? lastEventId = null) =>
        await Tests.SseReader.OpenAsync(await SendAsync(user, lastEventId));

    private static Task<HttpResponseMessage> SendAsync(ApiUser user, string? lastEventId = null)
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
        using var deadline = Deadline.Start();
        await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(buffer, deadline.Token);
        return System.Text.Encoding.UTF8.GetString(buffer);
    }
}
