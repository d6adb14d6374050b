using GeminiChat.Grains.Subscriptions;
using GeminiChat.Played;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Silo.Tests.Payments;

public sealed class StripeFaultTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly Guid _user = Guid.CreateVersion7();

    [Theory]
    [InlineData(400, "invalid_request_error", "parameter_unknown", PaymentsFault.Refused)]
    [InlineData(400, "idempotency_error", null, PaymentsFault.Refused)]
    [InlineData(400, "invalid_request_error", "rate_limit", PaymentsFault.Unavailable)]
    [InlineData(401, "invalid_request_error", null, PaymentsFault.Refused)]
    [InlineData(402, "card_error", "card_declined", PaymentsFault.Refused)]
    [InlineData(403, "invalid_request_error", null, PaymentsFault.Refused)]
    [InlineData(404, "invalid_request_error", "resource_missing", PaymentsFault.Refused)]
    [InlineData(409, "idempotency_error", "idempotency_key_in_use", PaymentsFault.Unavailable)]
    [InlineData(429, "invalid_request_error", "rate_limit", PaymentsFault.Unavailable)]
    [InlineData(429, "invalid_request_error", "lock_timeout", PaymentsFault.Unavailable)]
    [InlineData(500, "api_error", null, PaymentsFault.Unavailable)]
    [InlineData(503, "api_error", null, PaymentsFault.Unavailable)]
    public async Task Errors_are_told_apart_by_whether_trying_again_can_help(int status, string type, string? code, PaymentsFault expected)
    {
        await using var pair = await StripePair.Start();
        pair.Played.Always(StripeFault.Refused(status, type, code).Advising(retry: false));

        var failed = await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.CreateCustomer(_user, "k", None));

        Assert.Equal(expected, failed.Fault);
        Assert.Equal($"Stripe answered {status}{(code is null ? "" : " " + code)}.", failed.Message);
        Assert.Null(failed.InnerException);
        var line = Assert.Single(pair.Log.Lines);
        Assert.Contains("req_played1", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Played error", line, StringComparison.Ordinal);
        Assert.DoesNotContain(PlayedStripe.Key, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "customer", PaymentsFault.CustomerMissing)]
    [InlineData(404, "customer", PaymentsFault.CustomerMissing)]
    [InlineData(400, "line_items[0][price]", PaymentsFault.Refused)]
    [InlineData(404, "id", PaymentsFault.Refused)]
    public async Task A_missing_customer_is_told_from_other_things_that_are_missing(int status, string param, PaymentsFault expected)
    {
        await using var pair = await StripePair.Start();
        pair.Played.Always(StripeFault.Refused(status, "invalid_request_error", "resource_missing", param));

        var failed = await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.CreatePortal("cus_1", new Uri("https://a.test"), None));

        Assert.Equal(expected, failed.Fault);
    }

    [Fact]
    public async Task A_deleted_customer_is_missing_wherever_it_is_used()
    {
        await using var pair = await StripePair.Start();
        var customer = await pair.Payments.CreateCustomer(_user, "k", None);
        pair.Played.Books.Delete(customer);
        var expiresAt = TimeProvider.System.GetUtcNow().AddHours(1);
        Func<Task>[] uses =
        [
            () => pair.Payments.ListSubscriptions(customer, None),
            () => pair.Payments.CreateCheckout(new(_user, customer, "https://a.test/ok", "https://a.test/no", expiresAt), "k2", None),
            () => pair.Payments.CreatePortal(customer, new Uri("https://a.test"), None),
        ];

        foreach (var use in uses)
        {
            Assert.Equal(PaymentsFault.CustomerMissing, (await Assert.ThrowsAsync<PaymentsException>(use)).Fault);
        }

        Assert.Equal(customer, await pair.Payments.CreateCustomer(_user, "k", None));
    }

    [Theory]
    [InlineData(500, "api_error", true)]
    [InlineData(503, "api_error", false)]
    [InlineData(409, "idempotency_error", false)]
    [InlineData(400, "idempotency_error", true)]
    [InlineData(400, "invalid_request_error", false)]
    public async Task A_key_is_spent_when_Stripe_has_an_answer_to_it_or_knows_it_for_something_else(int status, string type, bool expected)
    {
        await using var pair = await StripePair.Start();
        pair.Played.Always(StripeFault.Refused(status, type).Advising(retry: false));

        var failed = await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.CreateCustomer(_user, "k", None));

        Assert.Equal(expected, failed.IsKeySpent);
    }

    [Fact]
    public async Task A_key_whose_failure_is_given_again_is_spent()
    {
        await using var pair = await StripePair.Start();
        pair.Played.Next(StripeFault.Broken(503));

        var failed = await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.CreateCustomer(_user, "k", None));

        Assert.True(failed.IsKeySpent);
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        await using var pair = await StripePair.Start(key: "sk_test_other");

        var failed = await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.ReadSubscription("sub_1", None));

        Assert.Equal(PaymentsFault.Refused, failed.Fault);
        Assert.DoesNotContain("sk_test", failed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Stripe_does_not_know_by_that_address_is_no_missing_object()
    {
        await using var pair = await StripePair.Start();
        pair.Played.Always(StripeFault.Refused(404, "invalid_request_error"));

        var failed = await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.ReadSubscription("sub_1", None));

        Assert.Equal(PaymentsFault.Refused, failed.Fault);
    }

    [Fact]
    public async Task A_key_that_was_used_for_something_else_is_refused()
    {
        await using var pair = await StripePair.Start();
        await pair.Payments.CreateCustomer(_user, "k", None);

        var failed = await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.CreateCustomer(Guid.CreateVersion7(), "k", None));

        Assert.Equal(PaymentsFault.Refused, failed.Fault);
        Assert.Single(pair.Played.Books.Customers);
    }

    [Fact]
    public async Task An_answer_that_is_lost_is_asked_for_again_with_the_same_key()
    {
        await using var pair = await StripePair.Start();
        pair.Played.Next(StripeFault.ResetAfterActing());

        var id = await pair.Payments.CreateCustomer(_user, "k", None);

        Assert.Equal(id, Assert.Single(pair.Played.Books.Customers).Id);
        Assert.Equal([false, true], pair.Played.Calls.All.Select(call => call.WasReplayed));
    }

    [Fact]
    public async Task A_checkout_whose_every_answer_was_lost_is_the_same_one_when_it_is_asked_for_later()
    {
        await using var pair = await StripePair.Start();
        var customer = await pair.Payments.CreateCustomer(_user, "k1", None);
        var wanted = new NewCheckout(_user, customer, "https://a.test/ok", "https://a.test/no", TimeProvider.System.GetUtcNow().AddHours(1));
        pair.Played.Always(StripeFault.ResetAfterActing());

        var failed = await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.CreateCheckout(wanted, "k2", None));
        pair.Played.Always(null);
        var checkout = await pair.Payments.CreateCheckout(wanted, "k2", None);

        Assert.Equal(PaymentsFault.Unavailable, failed.Fault);
        Assert.Equal(checkout.Id, Assert.Single(pair.Played.Books.Checkouts).Id);
        Assert.Equal(4, pair.Played.Calls.Of("POST /v1/checkout/sessions").Count);
    }

    [Fact]
    public async Task A_passing_failure_is_not_noticed()
    {
        await using var pair = await StripePair.Start();
        pair.Played.Next(StripeFault.Reset(), StripeFault.Refused(503));

        Assert.NotEmpty(await pair.Payments.CreateCustomer(_user, "k", None));
    }

    [Fact]
    public async Task A_failure_that_Stripe_keeps_is_given_again()
    {
        await using var pair = await StripePair.Start();
        pair.Played.Next(StripeFault.Broken().Advising(retry: false));

        await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.CreateCustomer(_user, "k", None));
        var again = await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.CreateCustomer(_user, "k", None));

        Assert.Equal(PaymentsFault.Unavailable, again.Fault);
        Assert.True(pair.Played.Calls.All[^1].WasReplayed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Half_an_answer_is_no_answer(bool isCut)
    {
        await using var pair = await StripePair.Start();
        var made = await pair.Subscribe(_user);
        pair.Played.Always((isCut ? StripeFault.HalfBody() : StripeFault.HalfJson()).Advising(retry: false));

        var read = await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.ReadSubscription(made.Id, None));
        var created = await Assert.ThrowsAsync<PaymentsException>(() => pair.Payments.CreateCustomer(_user, "k", None));
        var listed = await Assert.ThrowsAsync<PaymentsException>(
            async () => await pair.Payments.ListUndelivered(DateTimeOffset.UnixEpoch, None).ToListAsync(None));

        Assert.All([read, created, listed], failed => Assert.Equal(PaymentsFault.Unavailable, failed.Fault));
        Assert.All([read, created, listed], failed => Assert.DoesNotContain("played", failed.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_there_is_told_as_that()
    {
        var log = new PaymentLog();
        using var payments = StripePair.ClientOf("http://127.0.0.1:1", PlayedStripe.Key, TimeProvider.System, log);

        var failed = await Assert.ThrowsAsync<PaymentsException>(() => payments.ReadSubscription("sub_1", None));

        Assert.Equal(PaymentsFault.Unavailable, failed.Fault);
        Assert.Contains("ConnectionError", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_is_given_up_after_ten_seconds()
    {
        var time = new FakeTimeProvider();
        await using var pair = await StripePair.Start(time: time);
        pair.Played.Always(StripeFault.Silence());

        var call = pair.Payments.CreateCustomer(_user, "k", None);
        await pair.Played.Calls.Begun(1);
        time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        var failed = await Assert.ThrowsAsync<PaymentsException>(() => call.WaitAsync(Deadline, None));

        Assert.Equal((PaymentsFault.Unavailable, "Stripe did not answer in time."), (failed.Fault, failed.Message));
        Assert.Single(pair.Played.Calls.All);
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_not_told_of_an_outage()
    {
        await using var pair = await StripePair.Start();
        using var leaving = new CancellationTokenSource();
        pair.Played.Always(StripeFault.Silence());

        var call = pair.Payments.CreateCustomer(_user, "k", leaving.Token);
        await pair.Played.Calls.Begun(1);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Deadline, None));
        Assert.Empty(pair.Log.Lines);
    }
}
