using System.Collections.Concurrent;
using GeminiChat.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Gateway.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogRecorder : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{formatter(state, exception)}{(exception is null ? "" : $" {exception}")}");

    /// <summary>The first line that holds a text.</summary>
    public async Task<string> WaitForLineAsync(string text)
    {
        await WaitForCountAsync(text, 1);
        return Lines.First(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Waits until so many lines hold a text, and counts them.</summary>
    public async Task<int> WaitForCountAsync(string text, int atLeast)
    {
        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var count = 0;
        while ((count = Lines.Count(line => line.Contains(text, StringComparison.Ordinal))) < atLeast)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }

        return count;
    }

    public void Dispose()
    {
    }
}

/// <summary>Adds it to a host.</summary>
internal static class LogRecorderExtensions
{
    /// <summary>Not by type or factory: it outlives the host, so that it can be read afterwards.</summary>
    public static ILoggingBuilder AddRecorder(this ILoggingBuilder logging, LogRecorder log)
    {
        logging.Services.AddSingleton<ILoggerProvider>(log);
        return logging;
    }
}
