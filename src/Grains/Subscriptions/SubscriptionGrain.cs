using GeminiChat.GrainInterfaces.Subscriptions;
using Orleans.Concurrency;

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
    private SubscriptionStateWriter _stateWriter = null!;
    private PaymentCustomer _paymentCustomer = null!;
    private CheckoutSessions _checkouts = null!;
    private SubscriptionSynchronizer _synchronizer = null!;
    private SubscriptionWorker _worker = null!;
    private Task<CheckoutOutcome>? _opening;
    private Task<PortalOutcome>? _openingPortal;
    private Task<bool>? _confirming;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var userId = this.GetPrimaryKey();
        _stateWriter = new SubscriptionStateWriter(userId, state, DeactivateOnIdle);
        _paymentCustomer = new PaymentCustomer(_stateWriter, services);
        _checkouts = new CheckoutSessions(_stateWriter, _paymentCustomer, services);
        _synchronizer = new SubscriptionSynchronizer(_stateWriter, _paymentCustomer, GrainFactory.User(userId), services);
        _worker = new SubscriptionWorker(_stateWriter, _synchronizer, _executor, services, () => DelayDeactivation(DeactivationDelay));
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
        var now = state.State;
        var subscription = now.Subscription;
        return Task.FromResult(new SubscriptionStatus(
            now.Grant.TierAt(services.Now()),
            subscription is null ? SubscriptionStatus.None : subscription.Status.ToStripeValue(),
            subscription?.PeriodEnd,
            subscription?.CancelAtPeriodEnd ?? false));
    }

    public async Task<SubscriptionStatus> ConfirmCheckout(string checkoutId)
    {
        if (state.State.Checkout?.Id == checkoutId)
        {
            // One read serves all calls that arrive meanwhile, so a caller cannot make the grain call the provider as
            // often as it likes.
            if (_confirming is null or { IsCompleted: true })
            {
                _confirming = _executor.Run(Confirm);
            }

            Task confirmation = _confirming;
            await confirmation.WaitAsync(ConfirmationTimeout, services.Time).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
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
            await _stateWriter.Write(state.State with { IsUserDeleted = true });
            await services.Store.ScheduleCheck(_stateWriter.UserId, services.Now());
            return true;
        });
        _worker.Wake();
    }

    private async Task<T> WaitWithTimeout<T>(Task<T> opening, T late)
    {
        await ((Task)opening).WaitAsync(ProviderTimeout, services.Time).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return opening.IsCompleted ? await opening : late;
    }

    private async Task<bool> Confirm()
    {
        await services.Store.ScheduleCheck(_stateWriter.UserId, services.Now());
        return await _synchronizer.Synchronize(CancellationToken.None);
    }
}
