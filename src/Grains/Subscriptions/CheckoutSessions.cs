using GeminiChat.GrainInterfaces.Subscriptions;

namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// Opens checkouts and portal pages. A user has at most one open checkout, and none while a subscription exists. The work
/// runs in <see cref="SerialExecutor"/>, so the user's state changes meanwhile only at the provider.
/// </summary>
internal sealed partial class CheckoutSessions(SubscriptionGrain grain, PaymentCustomer paymentCustomer, SubscriptionServices services)
{
    // The provider allows 30 minutes to 24 hours.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    // For this period, a request whose response was lost is repeated with its idempotency key. After it, a new checkout is
    // created. The user never got the address of the first one. With the old key, the provider would repeat a stored failure
    // for a day.
    private static readonly TimeSpan RepeatPeriod = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ProviderTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Opens a checkout, or returns the open one.</summary>
    public Task<CheckoutOutcome> Open(ReturnUrls returnUrls) => CallProvider<CheckoutOutcome>(
        async cancellationToken => grain.State.IsUserDeleted
            ? new CheckoutOutcome.UserAbsent()
            : await WithCustomer(await paymentCustomer.GetOrCreate(services.Now() + Lifetime, cancellationToken), customer => Open(customer, returnUrls, cancellationToken), cancellationToken),
        new CheckoutOutcome.NotConfigured(),
        new CheckoutOutcome.Unavailable(),
        new CheckoutOutcome.Refused());

    /// <summary>Opens the portal page of a user who has a customer.</summary>
    public Task<PortalOutcome> OpenPortal(string returnUrl) => CallProvider<PortalOutcome>(
        async cancellationToken => await paymentCustomer.FindId() is { } customer && !grain.State.IsUserDeleted
            ? new PortalOutcome.Open(await WithCustomer(customer, known => CreatePortal(known, returnUrl, cancellationToken), cancellationToken))
            : new PortalOutcome.NoCustomer(),
        new PortalOutcome.NotConfigured(),
        new PortalOutcome.Unavailable(),
        new PortalOutcome.Refused());

    /// <summary>Calls the provider, with a timeout that suits a user who waits at a page.</summary>
    private async Task<T> CallProvider<T>(Func<CancellationToken, Task<T>> call, T notConfigured, T unavailable, T refused)
    {
        using var timeout = new CancellationTokenSource(ProviderTimeout, services.Time);
        try
        {
            return await call(timeout.Token);
        }
        catch (PaymentProviderException failure) when (failure.Fault is PaymentProviderFault.NotConfigured)
        {
            return notConfigured;
        }
        catch (PaymentProviderException failure) when (failure.Fault is not PaymentProviderFault.Unavailable)
        {
            Log.Refused(services.Logger, grain.UserId, failure.Message);
            return refused;
        }
        catch (PaymentProviderException failure)
        {
            Log.NotOpened(services.Logger, grain.UserId, failure.Message);
            return unavailable;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return unavailable;
        }
    }

    /// <summary>
    /// Runs an action for a customer. If the provider no longer knows the customer, the action runs for a new one.
    /// </summary>
    private async Task<T> WithCustomer<T>(string customer, Func<string, Task<T>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act(customer);
        }
        catch (PaymentProviderException failure) when (failure.Fault is PaymentProviderFault.CustomerMissing)
        {
            return await act(await paymentCustomer.Replace(customer, services.Now() + Lifetime, cancellationToken));
        }
    }

    private async Task<CheckoutOutcome> Open(string customer, ReturnUrls returnUrls, CancellationToken cancellationToken)
    {
        // The order matters. If the checkout is still open when it is read, it has created no subscription before, and the
        // subscriptions that are read after it are complete.
        var latest = await ReadLatest(cancellationToken);
        if (await FindBlockingSubscription(customer, latest, cancellationToken) is { } blocking)
        {
            await services.Store.ScheduleCheck(grain.UserId, services.Now());
            return await FindPaymentPage(blocking, latest, cancellationToken) as CheckoutOutcome
                ?? new CheckoutOutcome.AlreadySubscribed(await CreatePortal(customer, returnUrls.ReturnUrl, cancellationToken));
        }

        return latest is { Status: CheckoutStatus.Open, Url: { } url }
            ? new CheckoutOutcome.Open(url, latest.Id)
            : await OpenNew(customer, returnUrls, cancellationToken);
    }

    private async Task<CheckoutSession?> ReadLatest(CancellationToken cancellationToken) =>
        grain.State.Checkout is { Id: { } id } ? await services.Payments.ReadCheckout(id, cancellationToken) : null;

    /// <summary>The subscription that prevents another one; null for none.</summary>
    private async Task<ProviderSubscription?> FindBlockingSubscription(string customer, CheckoutSession? latest, CancellationToken cancellationToken)
    {
        var all = await services.Payments.ListSubscriptions(customer, cancellationToken);
        if (latest?.SubscriptionId is { } created && all.All(one => one.Id != created)
            && await services.Payments.ReadSubscription(created, cancellationToken) is { } own)
        {
            all = all.Add(own);
        }

        return Entitlement.SelectBest(all.Where(one => !one.Status.IsOver()));
    }

    /// <summary>The page for the first payment of a subscription; null when there is no such page.</summary>
    private async Task<CheckoutOutcome.Open?> FindPaymentPage(
        ProviderSubscription blocking, CheckoutSession? latest, CancellationToken cancellationToken) =>
        blocking.Status is not ProviderSubscriptionStatus.Incomplete ? null
        : await services.Payments.ReadUnpaidInvoice(blocking.Id, cancellationToken) is { } invoice ? new(invoice.Url, invoice.Id)
        : latest is { Status: CheckoutStatus.Open, Url: { } url } ? new(url, latest.Id)
        : null;

    private async Task<CheckoutOutcome> OpenNew(string customer, ReturnUrls returnUrls, CancellationToken cancellationToken)
    {
        var checkout = grain.State.Checkout is { Id: null } unanswered && services.Now() < unanswered.StartedAt + RepeatPeriod
            ? unanswered
            : await BeginCheckout(returnUrls);
        try
        {
            return await Create(customer, checkout, cancellationToken);
        }
        catch (PaymentProviderException failure) when (failure.IsIdempotencyKeySpent)
        {
            return await Create(customer, await BeginCheckout(returnUrls), cancellationToken);
        }
    }

    private async Task<CheckoutOutcome> Create(string customer, StoredCheckout checkout, CancellationToken cancellationToken)
    {
        var request = new NewCheckoutSession(grain.UserId, customer, checkout.SuccessUrl, checkout.CancelUrl, checkout.ExpiresAt);
        var session = await services.Payments.CreateCheckout(request, $"checkout:{grain.UserId:D}:{checkout.Number}", cancellationToken);
        await grain.Write(grain.State with { Checkout = checkout with { Id = session.Id } });
        return session.Url is { } url ? new CheckoutOutcome.Open(url, session.Id) : new CheckoutOutcome.Unavailable();
    }

    private async Task<StoredCheckout> BeginCheckout(ReturnUrls returnUrls)
    {
        var now = services.Now();
        var number = grain.State.CheckoutCount + 1;
        var expires = DateTimeOffset.FromUnixTimeSeconds((now + Lifetime).ToUnixTimeSeconds());
        var checkout = new StoredCheckout(number, returnUrls.SuccessUrl, returnUrls.CancelUrl, now, expires, Id: null);
        await grain.Write(grain.State with { Checkout = checkout, CheckoutCount = number });
        await services.Store.ScheduleCheck(grain.UserId, expires);
        return checkout;
    }

    private async Task<string> CreatePortal(string customer, string returnUrl, CancellationToken cancellationToken) =>
        (await services.Payments.CreatePortal(customer, new Uri(returnUrl), cancellationToken)).AbsoluteUri;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A payment page for user {UserId} could not be opened: {Reason}")]
        public static partial void NotOpened(ILogger logger, Guid userId, string reason);

        [LoggerMessage(LogLevel.Error, "The payment provider refused to open a page for user {UserId}; check the key, the price and the portal settings there: {Reason}")]
        public static partial void Refused(ILogger logger, Guid userId, string reason);
    }
}
