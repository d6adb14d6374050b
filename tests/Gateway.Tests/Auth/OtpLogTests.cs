using System.Collections.Concurrent;
using System.Net;
using GeminiChat.Gateway.Tests.Played;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Gateway.Tests.Auth;

public sealed class OtpLogTests
{
    [Fact]
    public async Task With_log_delivery_the_code_is_in_the_log_and_neither_in_the_answer_nor_with_the_whole_number()
    {
        using var log = new KeptLog();
        await using var gateway = await TestGateway.StartAsync(
            ["--OTP_DELIVERY=log"], builder => builder.Logging.AddProvider(log));

        var response = await gateway.Stranger().PostJsonAsync("/auth/send-otp", """{"mobile_number":"+15550100077"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["message"], (await response.JsonAsync()).Names());
        var line = Assert.Single(log.Lines, line => line.Contains(PlayedPhone.Code, StringComparison.Ordinal));
        Assert.Contains("77", line, StringComparison.Ordinal);
        Assert.DoesNotContain("5550100", line, StringComparison.Ordinal);
    }

    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
