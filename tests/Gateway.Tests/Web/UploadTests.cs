using System.Net.Sockets;
using System.Text;
using GeminiChat.Gateway.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Web;

/// <summary>A body that is still on its way when the server leaves.</summary>
public sealed class UploadTests
{
    [Fact]
    public async Task A_body_that_does_not_end_is_given_up_soon_after_the_server_began_to_leave()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var gateway = await TestGateway.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(time));
        using var upload = new TcpClient(gateway.Address.Host, gateway.Address.Port);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var stream = upload.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /auth/send-otp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"), deadline.Token);

        // Another body arrives as a whole meanwhile: leaving alone costs it nothing.
        gateway.Leave();
        Assert.True((await gateway.Stranger().PostJsonAsync("/auth/send-otp", """{"mobile_number":"+14155550100"}""")).IsSuccessStatusCode);
        time.Advance(Uploads.Grace);

        // To the end of the problem, not of the connection: the server lets go of that some seconds later.
        var answer = "";
        using var reader = new StreamReader(stream);
        var text = new char[4096];
        while (!answer.EndsWith('}'))
        {
            answer += new string(text, 0, await reader.ReadAsync(text, deadline.Token));
        }

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }
}
