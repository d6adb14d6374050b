using System.Collections.Concurrent;

namespace GeminiChat.Gateway.Tests.Fakes;

/// <summary>What the next calls of a fake grain throw, and how many there were.</summary>
internal sealed class InjectedOutages
{
    private readonly ConcurrentQueue<Exception> _next = new();
    private int _calls;

    public int Calls => _calls;

    public void Throw(params Exception[] exceptions)
    {
        foreach (var exception in exceptions)
        {
            _next.Enqueue(exception);
        }
    }

    public void Call()
    {
        Interlocked.Increment(ref _calls);
        if (_next.TryDequeue(out var exception))
        {
            throw exception;
        }
    }
}
