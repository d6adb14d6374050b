using System.Net.Sockets;
using System.Text;
using GeminiChat.Gateway.Payments;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Web;
using GeminiChat.Running;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>Webhooks whose bodies do not come.</summary>
public sealed class WebhookUploadTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly List<TcpClient> _senders = [];
    private GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayFixture.StartAsync(
        ["--STRIPE_WEBHOOK_SECRET=whsec_test"],
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MinRequestBodyDataRate = null);
        });

    public async ValueTask DisposeAsync()
    {
        _senders.ForEach(sender => sender.Dispose());
        await _gateway.DisposeAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("t=1,v1=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=now,v1=short")]
    [InlineData("t=now,v0=0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_missing_or_malformed_signature_is_refused_before_the_body_arrives(string? signature) =>
        Assert.StartsWith("HTTP/1.1 400 ", await AnswerTo(await Send(signature)), StringComparison.Ordinal);

    [Fact]
    public async Task At_most_32_webhook_bodies_are_read_at_once_for_ten_seconds_each()
    {
        var answers = new List<Task<string>>();
        for (var i = 0; i < WebhookConcurrencyLimiter.MaxConcurrentWebhooks + 8; i++)
        {
            answers.Add(AnswerTo(await Send($"t=now,v1={new string('0', 64)}")));
        }

        for (var i = 0; i < 8; i++)
        {
            var refused = await Task.WhenAny(answers);
            answers.Remove(refused);
            Assert.StartsWith("HTTP/1.1 503 ", await refused, StringComparison.Ordinal);
            Assert.Contains("Retry-After: ", await refused, StringComparison.Ordinal);
        }

        Assert.All(answers, answer => Assert.False(answer.IsCompleted));
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!answers.TrueForAll(answer => answer.IsCompleted))
        {
            _time.Advance(RequestBodyReader.ReadTimeout / 4);
            await retry.WaitForNextTickAsync();
        }

        Assert.All(await Task.WhenAll(answers), answer => Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal));
    }

    /// <summary>A webhook with the first byte of its body.</summary>
    private async Task<NetworkStream> Send(string? signature)
    {
        var sender = new TcpClient(_gateway.Address.Host, _gateway.Address.Port);
        _senders.Add(sender);
        var now = $"{_time.GetUtcNow().ToUnixTimeSeconds()}";
        var header = signature is null ? "" : $"Stripe-Signature: {signature.Replace("now", now, StringComparison.Ordinal)}\r\n";
        await sender.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /payments/webhook/stripe HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n{header}\r\n{{"));
        return sender.GetStream();
    }

    /// <summary>To the end of the problem, not of the connection.</summary>
    private static async Task<string> AnswerTo(NetworkStream stream)
    {
        using var deadline = Deadline.Start();
        var answer = "";
        var bytes = new byte[4096];
        while (!answer.EndsWith('}'))
        {
            answer += Encoding.UTF8.GetString(bytes, 0, await stream.ReadAsync(bytes, deadline.Token));
        }

        return answer;
    }
}
