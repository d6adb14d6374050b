namespace GeminiChat.Fakes;

/// <summary>A call, as it came over the wire.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path without the query.</param>
/// <param name="Text">The body, or the query, as it came.</param>
/// <param name="IdempotencyKey">The key; null without one.</param>
/// <param name="Headers">All headers.</param>
public sealed record StripeCall(
    string Method, string Path, string Text, string? IdempotencyKey, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The parameters.</summary>
    /// <exception cref="FakeStripeError">They are not well-formed.</exception>
    public StripeForm Form => StripeForm.Parse(Text);

    /// <summary>The status that was answered; 0 when none was.</summary>
    public int Status { get; internal set; }

    /// <summary>Whether the answer was that of an earlier call with the same key.</summary>
    public bool WasReplayed { get; internal set; }
}

/// <summary>The calls so far, and a signal to wait for instead of sleeping.</summary>
public sealed class StripeCallLog
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly List<StripeCall> _calls = [];
    private readonly List<(int Count, TaskCompletionSource Signal)> _waiting = [];

    /// <summary>The calls, in the order of arrival.</summary>
    public IReadOnlyList<StripeCall> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The calls of one kind, such as <c>POST /v1/customers</c>.</summary>
    public IReadOnlyList<StripeCall> Of(string methodAndPath) =>
        [.. All.Where(call => $"{call.Method} {call.Path}" == methodAndPath)];

    /// <summary>Waits for a call to come; the first has the number 1.</summary>
    /// <exception cref="TimeoutException">It did not in time.</exception>
    public async Task<StripeCall> WaitForCall(int number)
    {
        await WaitForCalls(number).WaitAsync(Timeout);
        return All[number - 1];
    }

    internal void Begin(StripeCall call)
    {
        lock (_lock)
        {
            _calls.Add(call);
            _waiting.RemoveAll(waiting => waiting.Count <= _calls.Count && waiting.Signal.TrySetResult());
        }
    }

    private Task WaitForCalls(int count)
    {
        lock (_lock)
        {
            if (_calls.Count >= count)
            {
                return Task.CompletedTask;
            }

            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, signal));
            return signal.Task;
        }
    }
}
