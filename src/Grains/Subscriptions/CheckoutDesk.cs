using GeminiChat.GrainInterfaces.Subscriptions;

namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// Opens checkouts, and the page of those who have one: one at a time, and none for who has a subscription. Runs in <see cref="Serial"/>, so that nothing
/// of the user's changes meanwhile but at the provider.
/// </summary>
internal sealed partial class CheckoutDesk(SubscriptionRecord record, Customers customers, SubscriptionServices parts)
{
    // The provider allows 30 minutes to 24 hours.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    // For so long a request whose answer was lost is repeated as it was. Then another is made: nobody has ever seen the
    // address of the first, and a failure that the provider replays for a day is not the user's for a day.
    private static readonly TimeSpan RepeatFor = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Opens a checkout, or gives the one that is open.</summary>
    public Task<CheckoutOutcome> Open(ReturnAddresses addresses) => Ask<CheckoutOutcome>(
        async patience => record.Now.IsEnded
            ? new CheckoutOutcome.UserAbsent()
            : await For(await customers.Ensure(parts.Now() + Lifetime, patience), customer => Open(customer, addresses, patience), patience),
        new CheckoutOutcome.NotConfigured(),
        new CheckoutOutcome.Unavailable(),
        new CheckoutOutcome.Refused());

    /// <summary>Opens the page of those who have a customer.</summary>
    public Task<PortalOutcome> OpenPortal(string returnTo) => Ask<PortalOutcome>(
        async patience => await customers.Find() is { } customer && !record.Now.IsEnded
            ? new PortalOutcome.Open(await For(customer, known => Portal(known, returnTo, patience), patience))
            : new PortalOutcome.NoCustomer(),
        new PortalOutcome.NotConfigured(),
        new PortalOutcome.Unavailable(),
        new PortalOutcome.Refused());

    /// <summary>Asks the provider, for as long as somebody at a page has patience.</summary>
    private async Task<T> Ask<T>(Func<CancellationToken, Task<T>> ask, T notConfigured, T unavailable, T refused)
    {
        using var patience = new CancellationTokenSource(Patience, parts.Time);
        try
        {
            return await ask(patience.Token);
        }
        catch (PaymentsException off) when (off.Fault is PaymentsFault.NotConfigured)
        {
            return notConfigured;
        }
        catch (PaymentsException wrong) when (wrong.Fault is not PaymentsFault.Unavailable)
        {
            Log.Refused(parts.Logger, record.UserId, wrong.Message);
            return refused;
        }
        catch (PaymentsException away)
        {
            Log.NotOpened(parts.Logger, record.UserId, away.Message);
            return unavailable;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return unavailable;
        }
    }

    /// <summary>Does something for a customer; for another one, if the provider does not know this one any more.</summary>
    private async Task<T> For<T>(string customer, Func<string, Task<T>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act(customer);
        }
        catch (PaymentsException gone) when (gone.Fault is PaymentsFault.CustomerMissing)
        {
            return await act(await customers.Replace(customer, parts.Now() + Lifetime, cancellationToken));
        }
    }

    private async Task<CheckoutOutcome> Open(string customer, ReturnAddresses addresses, CancellationToken cancellationToken)
    {
        // In this order: a checkout that was still open when it was read has made no subscription before.
        var latest = await ReadLatest(cancellationToken);
        if (await Standing(customer, latest, cancellationToken) is { } standing)
        {
            await parts.Store.Remind(record.UserId, parts.Now());
            return await PaymentPage(standing, latest, cancellationToken) as CheckoutOutcome
                ?? new CheckoutOutcome.AlreadySubscribed(await Portal(customer, addresses.Return, cancellationToken));
        }

        return latest is { Status: CheckoutStatus.Open, Url: { } url }
            ? new CheckoutOutcome.Open(url, latest.Id)
            : await OpenNew(customer, addresses, cancellationToken);
    }

    private async Task<Checkout?> ReadLatest(CancellationToken cancellationToken) =>
        record.Now.Checkout is { Id: { } id } ? await parts.Payments.ReadCheckout(id, cancellationToken) : null;

    /// <summary>The subscription that stands in the way of another one; null for none.</summary>
    private async Task<PaidSubscription?> Standing(string customer, Checkout? latest, CancellationToken cancellationToken)
    {
        var all = await parts.Payments.ListSubscriptions(customer, cancellationToken);
        if (latest?.SubscriptionId is { } made && all.All(one => one.Id != made)
            && await parts.Payments.ReadSubscription(made, cancellationToken) is { } own)
        {
            all = all.Add(own);
        }

        return Entitlement.Best(all.Where(one => !one.Status.IsOver()));
    }

    /// <summary>Where the first payment of a subscription is still to be made; null when there is no such page.</summary>
    private async Task<CheckoutOutcome.Open?> PaymentPage(
        PaidSubscription standing, Checkout? latest, CancellationToken cancellationToken) =>
        standing.Status is not PaidStatus.Incomplete ? null
        : await parts.Payments.ReadUnpaidInvoice(standing.Id, cancellationToken) is { } invoice ? new(invoice.Url, invoice.Id)
        : latest is { Status: CheckoutStatus.Open, Url: { } url } ? new(url, latest.Id)
        : null;

    private async Task<CheckoutOutcome> OpenNew(string customer, ReturnAddresses addresses, CancellationToken cancellationToken)
    {
        var begun = record.Now.Checkout is { Id: null } unanswered && parts.Now() < unanswered.BegunAt + RepeatFor
            ? unanswered
            : await Begin(addresses);
        try
        {
            return await Create(customer, begun, cancellationToken);
        }
        catch (PaymentsException spent) when (spent.IsKeySpent)
        {
            return await Create(customer, await Begin(addresses), cancellationToken);
        }
    }

    private async Task<CheckoutOutcome> Create(string customer, StoredCheckout begun, CancellationToken cancellationToken)
    {
        var request = new NewCheckout(record.UserId, customer, begun.SuccessUrl, begun.CancelUrl, begun.ExpiresAt);
        var made = await parts.Payments.CreateCheckout(request, $"checkout:{record.UserId:D}:{begun.Number}", cancellationToken);
        await record.Write(record.Now with { Checkout = begun with { Id = made.Id } });
        return made.Url is { } url ? new CheckoutOutcome.Open(url, made.Id) : new CheckoutOutcome.Unavailable();
    }

    private async Task<StoredCheckout> Begin(ReturnAddresses addresses)
    {
        var now = parts.Now();
        var number = record.Now.Checkouts + 1;
        var expires = DateTimeOffset.FromUnixTimeSeconds((now + Lifetime).ToUnixTimeSeconds());
        var begun = new StoredCheckout(number, addresses.Success, addresses.Cancel, now, expires, Id: null);
        await record.Write(record.Now with { Checkout = begun, Checkouts = number });
        await parts.Store.Remind(record.UserId, expires);
        return begun;
    }

    private async Task<string> Portal(string customer, string returnTo, CancellationToken cancellationToken) =>
        (await parts.Payments.CreatePortal(customer, new Uri(returnTo), cancellationToken)).AbsoluteUri;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A payment page for user {UserId} could not be opened: {Reason}")]
        public static partial void NotOpened(ILogger logger, Guid userId, string reason);

        [LoggerMessage(LogLevel.Error, "The payment provider refused to open a page for user {UserId}; key, price and portal must be right there: {Reason}")]
        public static partial void Refused(ILogger logger, Guid userId, string reason);
    }
}
