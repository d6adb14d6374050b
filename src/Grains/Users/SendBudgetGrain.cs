namespace GeminiChat.Grains.Users;

/// <inheritdoc cref="ISendBudgetGrain"/>
internal sealed partial class SendBudgetGrain(
    [PersistentState("sends")] IPersistentState<SendBudgetState> stored,
    TimeProvider time,
    ILogger<SendBudgetGrain> logger) : Grain, ISendBudgetGrain
{
    private SendBudgetMetrics _metrics = null!;
    private SendBudgetState _today = new();
    private int _sent;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // The rest of the last block may have been sent.
        (_today, _sent) = (stored.State, stored.State.Reserved);
        _metrics = new SendBudgetMetrics(time);
        return Task.CompletedTask;
    }

    /// <summary>Stores the exact count, so that a normal deactivation does not lose the rest of the block.</summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _metrics.Stop();
        if (_sent > 0 && _sent < stored.State.Reserved)
        {
            await this.WriteState(stored, _today with { Reserved = _sent });
        }
    }

    public async Task<SendDecision> Acquire(SendRequest request)
    {
        BeginNewDay();
        var policy = new SendBudgetPolicy(request.DailyLimit);
        var ofNetwork = _today.SentByNetwork.GetValueOrDefault(request.Network);
        var decision = policy.Decide(request, _sent, ofNetwork);
        if (decision is not SendDecision.Allowed)
        {
            return decision;
        }

        if (_sent >= stored.State.Reserved || stored.State.Day != _today.Day)
        {
            await this.WriteState(stored, _today with { Reserved = Math.Min(_sent + policy.BlockSize, request.DailyLimit) });
        }

        _sent++;
        _today = _today with { SentByNetwork = _today.SentByNetwork.SetItem(request.Network, ofNetwork + 1) };
        _metrics.Record(_today.Day, _sent, request.DailyLimit);
        Warn(policy, request.DailyLimit);
        return SendDecision.Allowed;
    }

    private void BeginNewDay()
    {
        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).DayNumber;
        if (day > _today.Day)
        {
            (_today, _sent) = (new SendBudgetState { Day = day }, 0);
        }
    }

    /// <summary>Logs a warning once a day. It is logged again after a restart in the middle of a block.</summary>
    private void Warn(SendBudgetPolicy policy, int limit)
    {
        if (!_today.HasWarned && policy.IsNearlySpent(_sent))
        {
            _today = _today with { HasWarned = true };
            Log.NearlySpent(logger, _sent, limit);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Sent} of the {Limit} text messages of today have been sent (OTP_DAILY_SENDS)")]
        public static partial void NearlySpent(ILogger logger, int sent, int limit);
    }
}
