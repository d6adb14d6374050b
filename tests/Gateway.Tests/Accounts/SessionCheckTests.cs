using System.Net;
using GeminiChat.Gateway.Tests.Live;
using GeminiChat.GrainInterfaces;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Gateway.Tests.Accounts;

/// <summary>How the gateway keeps itself informed of sessions.</summary>
public sealed class SessionCheckTests
{
    [Fact]
    public async Task A_session_is_asked_for_once_in_two_seconds_however_many_requests_come()
    {
        var time = new ShiftedTime();
        await using var gateway = await TestGateway.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(time));
        var user = gateway.NewUser();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/user/me")).StatusCode);
        }

        Assert.InRange(user.Grain.Checks, 1, 3);
        var before = user.Grain.Checks;
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/user/me")).StatusCode);
        Assert.Equal(before + 1, user.Grain.Checks);

        user.Grain.IsSignedIn = false;
        time.Advance(TimeSpan.FromSeconds(2));
        await (await user.Client.GetAsync("/user/me")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_store_that_is_away_is_no_reason_to_sign_anybody_out()
    {
        await using var gateway = await TestGateway.StartAsync();
        var user = gateway.NewUser();
        user.Grain.CheckOutages.Throw(new StoreUnavailableException("no"), new StoreUnavailableException("no"));
        await (await user.Client.GetAsync("/user/me")).ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/user/me")).StatusCode);
    }

    [Fact]
    public async Task A_stream_ends_with_its_session_also_while_the_model_is_silent()
    {
        await using var gateway = await TestGateway.StartAsync();
        var user = gateway.NewUser();
        user.Room.Ask();
        await using var events = await Events.AttachAsync(user);
        Assert.Equal("accepted", (await events.NextAsync()).EventType);
        await user.Room.Followed.Task.WaitAsync(TimeSpan.FromSeconds(10));

        var clock = TimeProvider.System.GetTimestamp();
        user.Grain.IsSignedIn = false;
        var problem = await events.ExpectAsync("error", id: null);
        Assert.Equal(401, problem.GetProperty("status").GetInt32());
        await events.ExpectEndAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(clock), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_plain_text_stream_is_cut_when_its_session_ends()
    {
        await using var gateway = await TestGateway.StartAsync();
        var user = gateway.NewUser();
        using var response = await user.Client.PostJsonAsync(user.MessagesPath, """{"content":"Hi"}""", accept: "text/plain");
        await user.Room.Followed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        user.Grain.IsSignedIn = false;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync().WaitAsync(TimeSpan.FromSeconds(5)));
    }
}
