using System.Collections.Concurrent;

namespace GeminiChat.Gateway.Tests.Live;

/// <summary>Calls of real grains, which tests can make fail, hold up and count.</summary>
internal sealed class GrainFaults : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<(string Key, string Method), GrainCalls> _calls = new();

    /// <summary>The calls of a method, of all grains with this key. They are counted from now on.</summary>
    public GrainCalls Of(string key, string method) => _calls.GetOrAdd((key, method), static _ => new GrainCalls());

    public Task Invoke(IIncomingGrainCallContext context) =>
        _calls.TryGetValue((context.TargetId.Key.ToString()!, context.MethodName), out var calls)
            ? calls.Run(context.Invoke)
            : context.Invoke();
}

/// <summary>The calls of one method of a grain.</summary>
internal sealed class GrainCalls
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <summary>How many calls there were, those that failed included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>What calls wait for before they reach the grain.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>Lets the next calls fail with these, one each.</summary>
    public void Throw(params ReadOnlySpan<Exception> failures)
    {
        foreach (var failure in failures)
        {
            _failures.Enqueue(failure);
        }
    }

    /// <summary>Waits until a call has reached the grain.</summary>
    public Task UntilBegun() => _begun.Task.WaitAsync(Timeout);

    /// <summary>Waits until a call has ended.</summary>
    public Task UntilEnded() => _ended.Task.WaitAsync(Timeout);

    internal async Task Run(Func<Task> call)
    {
        Interlocked.Increment(ref _count);
        if (_failures.TryDequeue(out var failure))
        {
            throw failure;
        }

        await Held;
        var running = call();
        _begun.TrySetResult();
        try
        {
            await running;
        }
        finally
        {
            _ended.TrySetResult();
        }
    }
}
