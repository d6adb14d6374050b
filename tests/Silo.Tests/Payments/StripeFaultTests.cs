using GeminiChat.Grains.Subscriptions;
using GeminiChat.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Silo.Tests.Payments;

public sealed class StripeFaultTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly Guid _user = Guid.CreateVersion7();

    [Theory]
    [InlineData(400, "invalid_request_error", "parameter_unknown", PaymentProviderFault.Refused)]
    [InlineData(400, "idempotency_error", null, PaymentProviderFault.Refused)]
    [InlineData(400, "invalid_request_error", "rate_limit", PaymentProviderFault.Unavailable)]
    [InlineData(401, "invalid_request_error", null, PaymentProviderFault.Refused)]
    [InlineData(402, "card_error", "card_declined", PaymentProviderFault.Refused)]
    [InlineData(403, "invalid_request_error", null, PaymentProviderFault.Refused)]
    [InlineData(404, "invalid_request_error", "resource_missing", PaymentProviderFault.Refused)]
    [InlineData(409, "idempotency_error", "idempotency_key_in_use", PaymentProviderFault.Unavailable)]
    [InlineData(429, "invalid_request_error", "rate_limit", PaymentProviderFault.Unavailable)]
    [InlineData(429, "invalid_request_error", "lock_timeout", PaymentProviderFault.Unavailable)]
    [InlineData(500, "api_error", null, PaymentProviderFault.Unavailable)]
    [InlineData(503, "api_error", null, PaymentProviderFault.Unavailable)]
    public async Task Errors_are_classified_as_transient_or_permanent(int status, string type, string? code, PaymentProviderFault expected)
    {
        await using var pair = await StripeTestHarness.Start();
        pair.Fake.SetFault(StripeFault.ErrorWithoutEffect(status, type, code).WithShouldRetry(retry: false));

        var failed = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.CreateCustomer(_user, "k", None));

        Assert.Equal(expected, failed.Fault);
        Assert.Equal($"Stripe answered {status}{(code is null ? "" : " " + code)}.", failed.Message);
        Assert.Null(failed.InnerException);
        var line = Assert.Single(pair.Log.Lines);
        Assert.Contains("req_fake1", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Fake error", line, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeStripe.Key, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "customer", PaymentProviderFault.CustomerMissing)]
    [InlineData(404, "customer", PaymentProviderFault.CustomerMissing)]
    [InlineData(400, "line_items[0][price]", PaymentProviderFault.Refused)]
    [InlineData(404, "id", PaymentProviderFault.Refused)]
    public async Task A_missing_customer_is_distinguished_from_other_missing_objects(int status, string param, PaymentProviderFault expected)
    {
        await using var pair = await StripeTestHarness.Start();
        pair.Fake.SetFault(StripeFault.ErrorWithoutEffect(status, "invalid_request_error", "resource_missing", param));

        var failed = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.CreatePortal("cus_1", new Uri("https://a.test"), None));

        Assert.Equal(expected, failed.Fault);
    }

    [Fact]
    public async Task A_deleted_customer_is_missing_wherever_it_is_used()
    {
        await using var pair = await StripeTestHarness.Start();
        var customer = await pair.Payments.CreateCustomer(_user, "k", None);
        pair.Fake.Account.Delete(customer);
        var expiresAt = TimeProvider.System.GetUtcNow().AddHours(1);
        Func<Task>[] uses =
        [
            () => pair.Payments.ListSubscriptions(customer, None),
            () => pair.Payments.CreateCheckout(new(_user, customer, "https://a.test/ok", "https://a.test/no", expiresAt), "k2", None),
            () => pair.Payments.CreatePortal(customer, new Uri("https://a.test"), None),
        ];

        foreach (var use in uses)
        {
            Assert.Equal(PaymentProviderFault.CustomerMissing, (await Assert.ThrowsAsync<PaymentProviderException>(use)).Fault);
        }

        Assert.Equal(customer, await pair.Payments.CreateCustomer(_user, "k", None));
    }

    [Theory]
    [InlineData(500, "api_error", true)]
    [InlineData(503, "api_error", false)]
    [InlineData(409, "idempotency_error", false)]
    [InlineData(400, "idempotency_error", true)]
    [InlineData(400, "invalid_request_error", false)]
    public async Task An_idempotency_key_is_spent_when_Stripe_stored_a_response_or_used_it_for_another_request(int status, string type, bool expected)
    {
        await using var pair = await StripeTestHarness.Start();
        pair.Fake.SetFault(StripeFault.ErrorWithoutEffect(status, type).WithShouldRetry(retry: false));

        var failed = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.CreateCustomer(_user, "k", None));

        Assert.Equal(expected, failed.IsIdempotencyKeySpent);
    }

    [Fact]
    public async Task An_idempotency_key_whose_failure_is_replayed_is_spent()
    {
        await using var pair = await StripeTestHarness.Start();
        pair.Fake.EnqueueFaults(StripeFault.ErrorAfterEffect(503));

        var failed = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.CreateCustomer(_user, "k", None));

        Assert.True(failed.IsIdempotencyKeySpent);
    }

    [Fact]
    public async Task An_invalid_API_key_is_refused()
    {
        await using var pair = await StripeTestHarness.Start(key: "sk_test_other");

        var failed = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.ReadSubscription("sub_1", None));

        Assert.Equal(PaymentProviderFault.Refused, failed.Fault);
        Assert.DoesNotContain("sk_test", failed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_URL_is_not_reported_as_a_missing_object()
    {
        await using var pair = await StripeTestHarness.Start();
        pair.Fake.SetFault(StripeFault.ErrorWithoutEffect(404, "invalid_request_error"));

        var failed = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.ReadSubscription("sub_1", None));

        Assert.Equal(PaymentProviderFault.Refused, failed.Fault);
    }

    [Fact]
    public async Task An_idempotency_key_used_with_other_parameters_is_refused()
    {
        await using var pair = await StripeTestHarness.Start();
        await pair.Payments.CreateCustomer(_user, "k", None);

        var failed = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.CreateCustomer(Guid.CreateVersion7(), "k", None));

        Assert.Equal(PaymentProviderFault.Refused, failed.Fault);
        Assert.Single(pair.Fake.Account.Customers);
    }

    [Fact]
    public async Task A_lost_response_is_requested_again_with_the_same_idempotency_key()
    {
        await using var pair = await StripeTestHarness.Start();
        pair.Fake.EnqueueFaults(StripeFault.ResetAfterEffect());

        var id = await pair.Payments.CreateCustomer(_user, "k", None);

        Assert.Equal(id, Assert.Single(pair.Fake.Account.Customers).Id);
        Assert.Equal([false, true], pair.Fake.Calls.All.Select(call => call.WasReplayed));
    }

    [Fact]
    public async Task A_checkout_whose_responses_were_all_lost_is_returned_by_a_later_request()
    {
        await using var pair = await StripeTestHarness.Start();
        var customer = await pair.Payments.CreateCustomer(_user, "k1", None);
        var wanted = new NewCheckoutSession(_user, customer, "https://a.test/ok", "https://a.test/no", TimeProvider.System.GetUtcNow().AddHours(1));
        pair.Fake.SetFault(StripeFault.ResetAfterEffect());

        var failed = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.CreateCheckout(wanted, "k2", None));
        pair.Fake.SetFault(null);
        var checkout = await pair.Payments.CreateCheckout(wanted, "k2", None);

        Assert.Equal(PaymentProviderFault.Unavailable, failed.Fault);
        Assert.Equal(checkout.Id, Assert.Single(pair.Fake.Account.Checkouts).Id);
        Assert.Equal(4, pair.Fake.Calls.Of("POST /v1/checkout/sessions").Count);
    }

    [Fact]
    public async Task A_transient_failure_is_retried_invisibly()
    {
        await using var pair = await StripeTestHarness.Start();
        pair.Fake.EnqueueFaults(StripeFault.ResetWithoutEffect(), StripeFault.ErrorWithoutEffect(503));

        Assert.NotEmpty(await pair.Payments.CreateCustomer(_user, "k", None));
    }

    [Fact]
    public async Task A_failure_stored_by_Stripe_is_replayed()
    {
        await using var pair = await StripeTestHarness.Start();
        pair.Fake.EnqueueFaults(StripeFault.ErrorAfterEffect().WithShouldRetry(retry: false));

        await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.CreateCustomer(_user, "k", None));
        var again = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.CreateCustomer(_user, "k", None));

        Assert.Equal(PaymentProviderFault.Unavailable, again.Fault);
        Assert.True(pair.Fake.Calls.All[^1].WasReplayed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_truncated_response_is_an_outage(bool isCut)
    {
        await using var pair = await StripeTestHarness.Start();
        var made = await pair.Subscribe(_user);
        pair.Fake.SetFault((isCut ? StripeFault.TruncatedConnection() : StripeFault.TruncatedJson()).WithShouldRetry(retry: false));

        var read = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.ReadSubscription(made.Id, None));
        var created = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.CreateCustomer(_user, "k", None));
        var listed = await Assert.ThrowsAsync<PaymentProviderException>(
            async () => await pair.Payments.ListUndeliveredEvents(DateTimeOffset.UnixEpoch, None).ToListAsync(None));

        Assert.All([read, created, listed], failed => Assert.Equal(PaymentProviderFault.Unavailable, failed.Fault));
        Assert.All([read, created, listed], failed => Assert.DoesNotContain("fake", failed.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unreachable_Stripe_is_an_outage()
    {
        var log = new PaymentLogRecorder();
        using var payments = StripeTestHarness.ClientOf("http://127.0.0.1:1", FakeStripe.Key, TimeProvider.System, log);

        var failed = await Assert.ThrowsAsync<PaymentProviderException>(() => payments.ReadSubscription("sub_1", None));

        Assert.Equal(PaymentProviderFault.Unavailable, failed.Fault);
        Assert.Contains("ConnectionError", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_times_out_after_ten_seconds()
    {
        var time = new FakeTimeProvider();
        await using var pair = await StripeTestHarness.Start(time: time);
        pair.Fake.SetFault(StripeFault.NoResponse());

        var call = pair.Payments.CreateCustomer(_user, "k", None);
        await pair.Fake.Calls.WaitForCall(1);
        time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        var failed = await Assert.ThrowsAsync<PaymentProviderException>(() => call.WaitAsync(Deadline.Timeout, None));

        Assert.Equal((PaymentProviderFault.Unavailable, "Stripe did not answer in time."), (failed.Fault, failed.Message));
        Assert.Single(pair.Fake.Calls.All);
    }

    [Fact]
    public async Task A_cancelled_call_is_not_reported_as_an_outage()
    {
        await using var pair = await StripeTestHarness.Start();
        using var leaving = new CancellationTokenSource();
        pair.Fake.SetFault(StripeFault.NoResponse());

        var call = pair.Payments.CreateCustomer(_user, "k", leaving.Token);
        await pair.Fake.Calls.WaitForCall(1);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Deadline.Timeout, None));
        Assert.Empty(pair.Log.Lines);
    }
}
