using System.Net;
using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>How the gateway keeps itself informed of sessions.</summary>
public sealed class SessionCheckTests(GatewayFixture gateway)
{
    [Fact]
    public async Task A_session_is_checked_at_most_once_in_two_seconds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var own = await GatewayFixture.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(time));
        var user = await own.NewUserWithRoom();
        var checks = Checks(user);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/user/me")).StatusCode);
        }

        Assert.Equal(1, checks.Count);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/user/me")).StatusCode);
        Assert.Equal(2, checks.Count);

        await user.EndSessions();
        time.Advance(TimeSpan.FromSeconds(2));
        await (await user.Client.GetAsync("/user/me")).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_store_outage_signs_nobody_out()
    {
        var user = await gateway.NewUserWithRoom();
        Checks(user).Throw(new StoreUnavailableException("no"), new StoreUnavailableException("no"));
        await (await user.Client.GetAsync("/user/me")).ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/user/me")).StatusCode);
    }

    [Fact]
    public async Task A_stream_ends_with_its_session_even_while_the_model_is_silent()
    {
        var user = await gateway.NewUserWithRoom();
        await user.Room.Ask();
        var follow = user.Room.Calls(nameof(IChatroomGrain.Follow));
        await using var events = await SseReader.AttachAsync(user);
        Assert.Equal("accepted", (await events.NextAsync()).EventType);
        await follow.WaitUntilBegun();

        await user.EndSessions();
        var problem = await events.ExpectAsync("error", id: null);
        Assert.Equal(401, problem.GetProperty("status").GetInt32());
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task A_stream_continues_while_its_session_cannot_be_checked_and_ends_once_the_session_is_found_ended()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var own = await GatewayFixture.StartAsync(
            ["--ACCESS_TOKEN_EXPIRE_MINUTES=100000"], builder => builder.Services.AddSingleton<TimeProvider>(time));
        var user = await own.NewUserWithRoom();
        await user.Room.Ask();
        var follow = user.Room.Calls(nameof(IChatroomGrain.Follow));
        using var response = await SseReader.SendAsync(user, "1-0");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("retry: 1000", await ReadUntilAsync(lines, "retry: ", time));
        await follow.WaitUntilBegun();
        var checks = Checks(user);
        var silence = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        checks.Held = silence.Task;

        Assert.Equal(": ping", await ReadUntilAsync(lines, ": ", time));
        await user.Room.Say("Hello");
        Assert.Equal("""data: {"type":"token","text":"Hello"}""", await ReadUntilAsync(lines, "data: ", time));

        await user.EndSessions();
        silence.SetResult();
        Assert.Equal("event: error", await ReadUntilAsync(lines, "event: ", time));
    }

    [Fact]
    public async Task A_stopping_server_ends_a_stream_whose_session_cannot_be_checked()
    {
        await using var leaving = await GatewayFixture.StartAsync();
        var user = await leaving.NewUserWithRoom();
        await user.Room.Ask();
        var follow = user.Room.Calls(nameof(IChatroomGrain.Follow));
        await using var events = await SseReader.AttachAsync(user, "1-0");
        await follow.WaitUntilBegun();
        var checks = Checks(user);
        checks.Held = new TaskCompletionSource().Task;
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = Deadline.Start();
        while (checks.Count == 0)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }

        leaving.Stop();

        await events.ExpectAsync("reconnect", null);
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task A_plain_text_stream_is_aborted_when_its_session_ends()
    {
        var user = await gateway.NewUserWithRoom();
        var posting = user.Client.PostJsonAsync(user.MessagesPath, """{"content":"Hi"}""", accept: "text/plain");
        await user.Room.Say("Hello");
        using var response = await posting.WaitAsync(Deadline.Timeout);
        await user.EndSessions();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync().WaitAsync(Deadline.Timeout));
    }

    private static InterceptedCalls Checks(ApiUser user) => user.Calls(nameof(IUserSecurityGrain.CheckSession));

    /// <summary>The next line that begins so, while time goes on.</summary>
    private static async Task<string> ReadUntilAsync(StreamReader lines, string start, FakeTimeProvider time)
    {
        using var deadline = Deadline.Start();
        while (true)
        {
            var line = lines.ReadLineAsync(deadline.Token).AsTask();
            var text = await time.AdvanceUntilAsync(SessionMonitor.Timeout, line) ?? throw new EndOfStreamException();
            if (text.StartsWith(start, StringComparison.Ordinal))
            {
                return text;
            }
        }
    }
}
