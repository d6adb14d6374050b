using GeminiChat.GrainInterfaces.Subscriptions;
using Orleans.Concurrency;

namespace GeminiChat.Grains.Subscriptions;

/// <inheritdoc cref="ISubscriptionGrain"/>
/// <remarks>
/// Reentrant, since no call may wait behind another's wait for the provider. What changes the subscription takes turns
/// in <see cref="Serial"/>.
/// </remarks>
[Reentrant]
internal sealed class SubscriptionGrain(
    [PersistentState("subscription")] IPersistentState<SubscriptionState> state, SubscriptionServices parts)
    : Grain, ISubscriptionGrain
{
    private static readonly TimeSpan ForProvider = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan ForConfirmation = TimeSpan.FromSeconds(8);

    // Longer than any wait of the worker between two turns.
    private static readonly TimeSpan InUse = TimeSpan.FromMinutes(5);

    private readonly Serial _serial = new();
    private SubscriptionRecord _record = null!;
    private Customers _customers = null!;
    private CheckoutDesk _desk = null!;
    private SubscriptionReader _reader = null!;
    private SubscriptionWorker _worker = null!;
    private Task<CheckoutOutcome>? _opening;
    private Task<PortalOutcome>? _openingPortal;
    private Task<bool>? _confirming;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var userId = this.GetPrimaryKey();
        _record = new SubscriptionRecord(userId, state, DeactivateOnIdle);
        _customers = new Customers(_record, parts);
        _desk = new CheckoutDesk(_record, _customers, parts);
        _reader = new SubscriptionReader(_record, _customers, GrainFactory.User(userId), parts);
        _worker = new SubscriptionWorker(_record, _reader, _serial, parts, () => DelayDeactivation(InUse));
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _worker.End().WaitAsync(cancellationToken);
        _worker.Dispose();
    }

    public async Task<CheckoutOutcome> OpenCheckout(ReturnAddresses addresses)
    {
        // Whoever comes while one is being opened gets that one.
        if (_opening is null or { IsCompleted: true })
        {
            _opening = _serial.Run(() => _desk.Open(addresses));
        }

        var outcome = await Bounded(_opening, new CheckoutOutcome.Unavailable());
        if (outcome is CheckoutOutcome.AlreadySubscribed)
        {
            _worker.Wake();
        }

        return outcome;
    }

    public Task<PortalOutcome> OpenPortal(string returnTo)
    {
        if (_openingPortal is null or { IsCompleted: true })
        {
            _openingPortal = _serial.Run(() => _desk.OpenPortal(returnTo));
        }

        return Bounded(_openingPortal, new PortalOutcome.Unavailable());
    }

    public Task<SubscriptionStatus> GetStatus()
    {
        var now = state.State;
        var subscription = now.Subscription;
        return Task.FromResult(new SubscriptionStatus(
            now.Grant.At(parts.Now()),
            subscription is null ? SubscriptionStatus.None : subscription.Status.Word(),
            subscription?.PeriodEnd,
            subscription?.CancelAtPeriodEnd ?? false));
    }

    public async Task<SubscriptionStatus> ConfirmCheckout(string checkoutId)
    {
        if (state.State.Checkout?.Id == checkoutId)
        {
            // One serves all who ask meanwhile: the provider is not asked as often as somebody likes.
            if (_confirming is null or { IsCompleted: true })
            {
                _confirming = _serial.Run(Confirm);
            }

            Task confirmation = _confirming;
            await confirmation.WaitAsync(ForConfirmation, parts.Time).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (!confirmation.IsCompletedSuccessfully)
            {
                // Whoever asks gets an answer in any case, and what is owed is done later.
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

    public async Task End()
    {
        await _serial.Run(async () =>
        {
            await _record.Write(state.State with { IsEnded = true });
            await parts.Store.Remind(_record.UserId, parts.Now());
            return true;
        });
        _worker.Wake();
    }

    private async Task<T> Bounded<T>(Task<T> opening, T late)
    {
        await ((Task)opening).WaitAsync(ForProvider, parts.Time).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return opening.IsCompleted ? await opening : late;
    }

    private async Task<bool> Confirm()
    {
        await parts.Store.Remind(_record.UserId, parts.Now());
        return await _reader.CatchUp(CancellationToken.None);
    }
}
