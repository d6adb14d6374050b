using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Web;
using GeminiChat.Running;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Web;

/// <summary>Answers that their readers do not take.</summary>
public sealed class SlowClientTests
{
    [Theory]
    [InlineData("")]
    [InlineData("?render=html")]
    [InlineData("/message/2")]
    [InlineData("/message/2", "text/event-stream")]
    [InlineData("/export")]
    [InlineData("/export", "text/event-stream")]
    [InlineData("/export?format=markdown")]
    public async Task A_stalled_client_is_disconnected_after_30_seconds_for_any_response(string path, string accept = "*/*")
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var gateway = await GatewayFixture.StartAsync(configure: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.WebHost.UseSmallSendBuffers().ConfigureKestrel(kestrel => kestrel.Limits.MinResponseDataRate = null);
        });
        var user = await gateway.NewUserWithRoom();
        await user.Room.Store(("Hi", new string('x', 1_000_000)));
        using var stalled = await StalledHttpClient.StartAsync(gateway.Address, $"{user.RoomPath}{path}", user.Token, accept);

        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!stalled.IsDisconnected())
        {
            await retry.WaitForNextTickAsync(deadline.Token);
            time.Advance(WriteTimeoutResponseBody.WriteTimeout / 4);
        }
    }
}
