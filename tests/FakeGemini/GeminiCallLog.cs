namespace GeminiChat.Fakes;

/// <summary>The calls so far, how many ran at once, and signals to wait for instead of sleeping.</summary>
public sealed class GeminiCallLog(bool record)
{
    /// <summary>How long a wait may take before it fails, unless it says otherwise.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly List<RecordedRequest> _requests = [];
    private readonly List<RecordedRequest> _others = [];
    private readonly Dictionary<string, (int Running, int Most)> _conversations = [];
    private readonly List<(Func<bool> IsMet, TaskCompletionSource Signal)> _waiting = [];

    /// <summary>Calls of the model that began.</summary>
    public int Total { get; private set; }

    /// <summary>Calls that run now.</summary>
    public int Running { get; private set; }

    /// <summary>Calls that ran at the same time, at most.</summary>
    public int MaxConcurrent { get; private set; }

    /// <summary>The recorded requests to the model, in the order of arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The recorded requests that are not to the model: files, the list of models, counts.</summary>
    public IReadOnlyList<RecordedRequest> Others
    {
        get
        {
            lock (_lock)
            {
                return [.. _others];
            }
        }
    }

    /// <summary>Calls of one conversation that ran at the same time, at most.</summary>
    public int MaxConcurrentIn(string conversation)
    {
        lock (_lock)
        {
            return _conversations.GetValueOrDefault(conversation).Most;
        }
    }

    /// <summary>Calls of any one conversation that ran at the same time, at most.</summary>
    public int MaxConcurrentInAny()
    {
        lock (_lock)
        {
            return _conversations.Values.Select(counts => counts.Most).DefaultIfEmpty().Max();
        }
    }

    /// <summary>Waits until so many calls have begun.</summary>
    /// <exception cref="TimeoutException">They did not in time.</exception>
    public Task WaitForCalls(int count, TimeSpan? timeout = null) => Until(() => Total >= count, timeout);

    /// <summary>Waits until so many calls run at the same time.</summary>
    /// <exception cref="TimeoutException">They did not in time.</exception>
    public Task WaitForRunning(int count, TimeSpan? timeout = null) => Until(() => Running >= count, timeout);

    /// <summary>Waits until no call runs.</summary>
    /// <exception cref="TimeoutException">Some did for too long.</exception>
    public Task WaitUntilIdle(TimeSpan? timeout = null) => Until(() => Running == 0, timeout);

    /// <summary>Waits for a call to begin; the first has the number 1.</summary>
    /// <exception cref="TimeoutException">It did not in time.</exception>
    public async Task<RecordedRequest> WaitForCall(int number, TimeSpan? timeout = null)
    {
        await WaitForCalls(number, timeout);
        return Requests[number - 1];
    }

    /// <summary>Waits for so many calls with a method that is not the model's; they must be recorded.</summary>
    /// <exception cref="TimeoutException">They did not come in time.</exception>
    public Task WaitForOthers(string method, int count = 1, TimeSpan? timeout = null) =>
        Until(() => _others.Count(request => request.Method == method) >= count, timeout);

    internal void Begin(RecordedRequest request, string conversation)
    {
        lock (_lock)
        {
            request.Number = ++Total;
            MaxConcurrent = Math.Max(MaxConcurrent, ++Running);
            if (record)
            {
                _requests.Add(request);
                var (running, most) = _conversations.GetValueOrDefault(conversation);
                _conversations[conversation] = (running + 1, Math.Max(most, running + 1));
            }

            Signal();
        }
    }

    internal void End(string conversation)
    {
        lock (_lock)
        {
            Running--;
            if (record)
            {
                var (running, most) = _conversations[conversation];
                _conversations[conversation] = (running - 1, most);
            }

            Signal();
        }
    }

    internal void AddOther(RecordedRequest request)
    {
        lock (_lock)
        {
            if (record)
            {
                request.Number = _others.Count + 1;
                _others.Add(request);
            }

            Signal();
        }
    }

    private Task Until(Func<bool> isMet, TimeSpan? timeout)
    {
        lock (_lock)
        {
            if (isMet())
            {
                return Task.CompletedTask;
            }

            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((isMet, signal));
            return signal.Task.WaitAsync(timeout ?? DefaultTimeout);
        }
    }

    private void Signal() => _waiting.RemoveAll(waiting => waiting.IsMet() && waiting.Signal.TrySetResult());
}
