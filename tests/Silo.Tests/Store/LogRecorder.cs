using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Silo.Tests.Store;

/// <summary>What was logged, and a signal when an awaited line comes.</summary>
internal sealed class LogRecorder : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ConcurrentQueue<(string Part, TaskCompletionSource Seen)> _awaited = [];

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Completes when a line with this text is logged, or was already.</summary>
    public Task WaitForLine(string part)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited.Enqueue((part, seen));
        foreach (var line in _lines)
        {
            Signal(line);
        }

        return seen.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        _lines.Enqueue(line);
        Signal(line);
    }

    public void Dispose()
    {
    }

    private void Signal(string line)
    {
        foreach (var (part, seen) in _awaited)
        {
            if (line.Contains(part, StringComparison.Ordinal))
            {
                seen.TrySetResult();
            }
        }
    }
}
