using System.Net.Sockets;
using System.Text;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Web;
using GeminiChat.Running;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Web;

/// <summary>Bodies that do not arrive.</summary>
public sealed class SlowUploadTests
{
    [Theory]
    [InlineData("/auth/send-otp")]
    [InlineData("/chatroom")]
    public async Task A_body_must_arrive_within_ten_seconds(string path)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var gateway = await GatewayFixture.StartAsync(configure: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MinRequestBodyDataRate = null);
        });
        using var upload = new TcpClient(gateway.Address.Host, gateway.Address.Port);
        using var deadline = Deadline.Start();
        var stream = upload.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"
            + $"Authorization: Bearer {(await gateway.NewUserWithRoom()).Token}\r\n\r\n"), deadline.Token);
        var answer = ReadProblem(stream, deadline.Token);
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!answer.IsCompleted)
        {
            await stream.WriteAsync(" "u8.ToArray(), deadline.Token);
            time.Advance(RequestBodyReader.ReadTimeout / 8);
            await retry.WaitForNextTickAsync(deadline.Token);
        }

        Assert.StartsWith("HTTP/1.1 408 ", await answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", await answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unfinished_body_is_given_up_soon_after_shutdown_began()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var gateway = await GatewayFixture.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(time));
        using var upload = new TcpClient(gateway.Address.Host, gateway.Address.Port);
        using var deadline = Deadline.Start();
        var stream = upload.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /auth/send-otp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"), deadline.Token);

        // Another body arrives as a whole meanwhile: leaving alone costs it nothing.
        gateway.Stop();
        Assert.True((await gateway.CreateAnonymousClient().PostJsonAsync("/auth/send-otp", """{"mobile_number":"+14155550199"}""")).IsSuccessStatusCode);

        var answer = await time.AdvanceUntilAsync(RequestBodyReader.ShutdownGracePeriod, ReadProblem(stream, deadline.Token));
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    /// <summary>To the end of the problem, not of the connection: the server lets go of that some seconds later.</summary>
    private static async Task<string> ReadProblem(NetworkStream stream, CancellationToken cancellationToken)
    {
        var answer = "";
        using var reader = new StreamReader(stream, leaveOpen: true);
        var text = new char[4096];
        while (!answer.EndsWith('}'))
        {
            answer += new string(text, 0, await reader.ReadAsync(text, cancellationToken));
        }

        return answer;
    }
}
