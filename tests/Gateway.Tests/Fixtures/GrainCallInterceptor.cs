using System.Collections.Concurrent;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Fixtures;

/// <summary>Sees the calls of the real grains. Tests make calls fail, delay them, count them and read their arguments.</summary>
internal sealed class GrainCallInterceptor : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<(string Key, string Method), InterceptedCalls> _calls = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _methods = new();

    /// <summary>The calls of a method, of all grains with this key. They are counted from now on.</summary>
    public InterceptedCalls Of(string key, string method) => _calls.GetOrAdd((key, method), static _ => new InterceptedCalls());

    /// <summary>The methods that the grain with this key calls, in order. They are listed from now on.</summary>
    public ConcurrentQueue<string> By(string key) => _methods.GetOrAdd(key, static _ => new ConcurrentQueue<string>());

    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.SourceId is { } caller && _methods.TryGetValue(caller.Key.ToString()!, out var methods))
        {
            methods.Enqueue(context.MethodName);
        }

        return _calls.TryGetValue((context.TargetId.Key.ToString()!, context.MethodName), out var calls)
            ? calls.Run(context)
            : context.Invoke();
    }
}

/// <summary>The calls of one method of a grain.</summary>
internal sealed class InterceptedCalls
{
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly TaskCompletionSource _canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _begun = new(0);
    private int _count;
    private int _seen;

    /// <summary>How many calls there were, those that failed included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>What calls wait for before they reach the grain.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>Runs before each call reaches the grain, with the call's number since this was set.</summary>
    public Func<int, Task>? Before
    {
        get;
        set => (field, _seen) = (value, 0);
    }

    /// <summary>The arguments of the last call.</summary>
    public IReadOnlyList<object?> LastArguments { get; private set; } = [];

    /// <summary>Makes the next calls fail with these exceptions, one each.</summary>
    public void Throw(params ReadOnlySpan<Exception> failures)
    {
        foreach (var failure in failures)
        {
            _failures.Enqueue(failure);
        }
    }

    /// <summary>Waits until so many more calls have reached the grain than at the last wait.</summary>
    public async Task WaitUntilBegun(int calls = 1)
    {
        for (var i = 0; i < calls; i++)
        {
            Assert.True(await _begun.WaitAsync(Deadline.Timeout), "No call has reached the grain.");
        }
    }

    /// <summary>Waits until a call has ended that its caller had canceled.</summary>
    public Task WaitUntilCanceled() => _canceled.Task.WaitAsync(Deadline.Timeout);

    internal async Task Run(IIncomingGrainCallContext context)
    {
        Interlocked.Increment(ref _count);
        LastArguments = [.. Enumerable.Range(0, context.Request.GetArgumentCount()).Select(context.Request.GetArgument)];
        if (_failures.TryDequeue(out var failure))
        {
            throw failure;
        }

        await (Before?.Invoke(Interlocked.Increment(ref _seen)) ?? Task.CompletedTask);
        await Held;
        var running = context.Invoke();
        _begun.Release();
        try
        {
            await running;
        }
        finally
        {
            if (context.Request.GetCancellationToken().IsCancellationRequested)
            {
                _canceled.TrySetResult();
            }
        }
    }
}
