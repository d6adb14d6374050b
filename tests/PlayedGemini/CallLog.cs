namespace GeminiChat.Played;

/// <summary>The calls so far, how many ran at once, and signals to wait for instead of sleeping.</summary>
public sealed class CallLog(bool record)
{
    /// <summary>How long a wait may take before it fails, unless it says otherwise.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly List<PlayedRequest> _requests = [];
    private readonly Dictionary<string, (int Running, int Most)> _conversations = [];
    private readonly List<(Func<bool> IsMet, TaskCompletionSource Signal)> _waiting = [];

    /// <summary>Calls that began.</summary>
    public int Total { get; private set; }

    /// <summary>Calls that run now.</summary>
    public int Running { get; private set; }

    /// <summary>Calls that ran at the same time, at most.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>The recorded requests, in the order of arrival.</summary>
    public IReadOnlyList<PlayedRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Calls of one conversation that ran at the same time, at most.</summary>
    public int MostAtOnceOf(string conversation)
    {
        lock (_lock)
        {
            return _conversations.GetValueOrDefault(conversation).Most;
        }
    }

    /// <summary>Calls of any one conversation that ran at the same time, at most.</summary>
    public int MostAtOnceOfAny()
    {
        lock (_lock)
        {
            return _conversations.Values.Select(counts => counts.Most).DefaultIfEmpty().Max();
        }
    }

    /// <summary>Waits until so many calls have begun.</summary>
    /// <exception cref="TimeoutException">They did not in time.</exception>
    public Task UntilBegun(int count, TimeSpan? patience = null) => Until(() => Total >= count, patience);

    /// <summary>Waits until so many calls run at the same time.</summary>
    /// <exception cref="TimeoutException">They did not in time.</exception>
    public Task UntilRunning(int count, TimeSpan? patience = null) => Until(() => Running >= count, patience);

    /// <summary>Waits until no call runs.</summary>
    /// <exception cref="TimeoutException">Some did for too long.</exception>
    public Task UntilIdle(TimeSpan? patience = null) => Until(() => Running == 0, patience);

    /// <summary>Waits for a call to begin; the first has the number 1.</summary>
    /// <exception cref="TimeoutException">It did not in time.</exception>
    public async Task<PlayedRequest> Begun(int number, TimeSpan? patience = null)
    {
        await UntilBegun(number, patience);
        return Requests[number - 1];
    }

    internal void Begin(PlayedRequest request, string conversation)
    {
        lock (_lock)
        {
            request.Number = ++Total;
            MostAtOnce = Math.Max(MostAtOnce, ++Running);
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

    private Task Until(Func<bool> isMet, TimeSpan? patience)
    {
        lock (_lock)
        {
            if (isMet())
            {
                return Task.CompletedTask;
            }

            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((isMet, signal));
            return signal.Task.WaitAsync(patience ?? Patience);
        }
    }

    private void Signal() => _waiting.RemoveAll(waiting => waiting.IsMet() && waiting.Signal.TrySetResult());
}
