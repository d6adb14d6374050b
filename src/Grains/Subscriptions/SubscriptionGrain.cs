using GeminiChat.GrainInterfaces.Subscriptions;
using Orleans.Concurrency;
using Orleans.Storage;

namespace GeminiChat.Grains.Subscriptions;

/// <inheritdoc cref="ISubscriptionGrain"/>
/// <remarks>
/// The grain is reentrant, because no call may wait while another call waits for the provider. All changes of the
/// subscription run one after the other in <see cref="SerialExecutor"/>.
/// </remarks>
[Reentrant]
internal sealed class SubscriptionGrain(
    [PersistentState("subscription")] IPersistentState<SubscriptionState> state, SubscriptionServices services)
    : Grain, ISubscriptionGrain
{
    private static readonly TimeSpan ProviderTimeout = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan ConfirmationTimeout = TimeSpan.FromSeconds(8);

    // Longer than any wait of the worker between two rounds.
    private static readonly TimeSpan DeactivationDelay = TimeSpan.FromMinutes(5);

    private readonly SerialExecutor _executor = new();
    private CheckoutSessions _checkouts = null!;
    private SubscriptionSynchronizer _synchronizer = null!;
    private SubscriptionWorker _worker = null!;
    private Task<CheckoutOutcome>? _opening;
    private Task<PortalOutcome>? _openingPortal;
    private Task<bool>? _confirming;

    internal Guid UserId => this.GetPrimaryKey();

    internal SubscriptionState State => state.State;

    /// <summary>Whether the outcome of a write is unknown. This activation must not continue; the next one reads the state.</summary>
    internal bool HasUnknownWrite { get; private set; }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var customer = new PaymentCustomer(this, services);
        _checkouts = new CheckoutSessions(this, customer, services);
        _synchronizer = new SubscriptionSynchronizer(this, customer, GrainFactory.User(UserId), services);
        _worker = new SubscriptionWorker(this, _synchronizer, _executor, services);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _worker.StopAsync().WaitAsync(cancellationToken);
        _worker.Dispose();
    }

    public async Task<CheckoutOutcome> OpenCheckout(ReturnUrls addresses)
    {
        // A call that arrives while a checkout is being opened gets that checkout.
        if (_opening is null or { IsCompleted: true })
        {
            _opening = _executor.Run(() => _checkouts.Open(addresses));
        }

        var outcome = await WaitWithTimeout(_opening, new CheckoutOutcome.Unavailable());
        if (outcome is CheckoutOutcome.AlreadySubscribed)
        {
            _worker.Wake();
        }

        return outcome;
    }

    public Task<PortalOutcome> OpenPortal(string returnUrl)
    {
        if (_openingPortal is null or { IsCompleted: true })
        {
            _openingPortal = _executor.Run(() => _checkouts.OpenPortal(returnUrl));
        }

        return WaitWithTimeout(_openingPortal, new PortalOutcome.Unavailable());
    }

    public Task<SubscriptionStatus> GetStatus()
    {
        var subscription = State.Subscription;
        return Task.FromResult(new SubscriptionStatus(
            State.Grant.TierAt(services.Now()),
            subscription is null ? SubscriptionStatus.None : subscription.Status.ToStripeValue(),
            subscription?.PeriodEnd,
            subscription?.CancelAtPeriodEnd ?? false));
    }

    public async Task<SubscriptionStatus> ConfirmCheckout(string checkoutId)
    {
        if (State.Checkout?.Id == checkoutId)
        {
            // One read serves all calls that arrive meanwhile, so a caller cannot make the grain call the provider as
            // often as it likes.
            if (_confirming is null or { IsCompleted: true })
            {
                _confirming = _executor.Run(Confirm);
            }

            var confirmation = _confirming;
            await confirmation.WaitAsync(ConfirmationTimeout, services.Time).SuppressThrowing();
            if (!confirmation.IsCompletedSuccessfully)
            {
                // The caller gets an outcome in any case. The pending work is done later.
                _worker.Wake();
            }
        }

        return await GetStatus();
    }

    public Task Wake()
    {
        _worker.Wake();
        return Task.CompletedTask;
    }

    public async Task EndForDeletedUser()
    {
        await _executor.Run(async () =>
        {
            await Write(State with { IsUserDeleted = true });
            await services.Store.ScheduleCheck(UserId, services.Now());
            return true;
        });
        _worker.Wake();
    }

    /// <summary>
    /// Stores the next state. One write runs at a time, because all callers run in <see cref="SerialExecutor"/>.
    /// </summary>
    internal async Task Write(SubscriptionState next)
    {
        ThrowIfWriteUnknown();
        try
        {
            await this.WriteState(state, next);
        }
        catch
        {
            HasUnknownWrite = true;
            throw;
        }
    }

    internal void ThrowIfWriteUnknown()
    {
        if (HasUnknownWrite)
        {
            throw new InconsistentStateException($"The subscription of user {UserId} was written with an unknown outcome. The next activation reads it.");
        }
    }

    /// <summary>Keeps the activation alive. Orleans does not count calls of the provider as use of the activation.</summary>
    internal void StayActive() => DelayDeactivation(DeactivationDelay);

    private async Task<T> WaitWithTimeout<T>(Task<T> opening, T late)
    {
        await opening.WaitAsync(ProviderTimeout, services.Time).SuppressThrowing();
        return opening.IsCompleted ? await opening : late;
    }

    private async Task<bool> Confirm()
    {
        await services.Store.ScheduleCheck(UserId, services.Now());
        return await _synchronizer.Synchronize(CancellationToken.None);
    }
}
