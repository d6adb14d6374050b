using System.Net;
using System.Text;
using GeminiChat.Fakes;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>What comes as Stripe's events: what is believed, what is refused, and that nothing is told of unstored.</summary>
public sealed class WebhookTests(PaymentsGatewayFixture paid) : IClassFixture<PaymentsGatewayFixture>
{
    private static readonly string[] Fake = [WebhookSender.Secret];

    private WebhookSender Webhooks => paid.Stripe.Webhooks;

    [Fact]
    public async Task A_repeated_event_is_processed_once()
    {
        var payer = await paid.NewPayingUser();
        var subscription = await payer.Pay();
        var before = payer.CountReads(subscription.Customer);
        var happened = payer.EventsOf(subscription)[0];

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Webhooks.Send(happened)));
        await payer.WaitForStatus("Pro", "active");
        answers = [.. answers, await Webhooks.Send(happened)];

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.Equal(before + 1, payer.CountReads(subscription.Customer));
    }

    [Fact]
    public async Task An_accepted_webhook_is_answered_with_success()
    {
        var payer = await paid.NewPayingUser();
        var happened = payer.EventsOf(await payer.Pay())[0];
        using var stripe = paid.Gateway.CreateAnonymousClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Webhooks.Target) { Content = HttpTestExtensions.Json(happened.Body) };
        request.Headers.Add("Stripe-Signature", Sign(happened.Body));
        var answer = await stripe.SendAsync(request);
        Assert.Equal("""{"status":"success"}""", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("no signature")]
    [InlineData("other secret")]
    [InlineData("other body")]
    [InlineData("v0 only")]
    [InlineData("too old")]
    [InlineData("too new")]
    public async Task A_webhook_without_a_fresh_valid_signature_is_refused_and_changes_nothing(string how)
    {
        var payer = await paid.NewPayingUser();
        var body = payer.EventsOf(await payer.Pay())[0].Body;
        var signature = how switch
        {
            "no signature" => null,
            "other secret" => WebhookSender.Sign(Encoding.UTF8.GetBytes(body), Now(), ["whsec_other"]),
            "other body" => Sign(body.Replace("evt", "evu", StringComparison.Ordinal)),
            "v0 only" => WebhookSender.Sign(Encoding.UTF8.GetBytes(body), Now(), Fake, "v0"),
            "too old" => Sign(body, -310),
            _ => Sign(body, 310),
        };

        using var stripe = paid.Gateway.CreateAnonymousClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Webhooks.Target) { Content = HttpTestExtensions.Json(body) };
        request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        var answer = await stripe.SendAsync(request);

        Assert.DoesNotContain("evt_", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(("Basic", "none"), await payer.GetTierAndStatus());
        Assert.Equal(0, await Count());

        async Task<long> Count()
        {
            await using var connection = Database();
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "select count(*) from stripe_events where user_id = $user";
            command.Parameters.AddWithValue("$user", (await payer.Status()).Text("user_id").ToUpperInvariant());
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    [Theory]
    [InlineData(-290, "whsec_fake")]
    [InlineData(290, "whsec_fake")]
    [InlineData(0, "whsec_rolled")]
    [InlineData(0, "whsec_other,whsec_fake")]
    public async Task A_webhook_signed_within_five_minutes_with_a_configured_secret_is_accepted(int seconds, string secrets)
    {
        var payer = await paid.NewPayingUser();
        var body = Encoding.UTF8.GetBytes(payer.EventsOf(await payer.Pay())[0].Body);
        Assert.Equal(HttpStatusCode.OK, await Webhooks.Post(body, WebhookSender.Sign(body, Now().AddSeconds(seconds), secrets.Split(','))));
        await payer.WaitForStatus("Pro", "active");
    }

    [Theory]
    [InlineData("\"customer.subscription.created\"", "\"customer.created\"", HttpStatusCode.OK)]
    [InlineData("\"2026-10-28.endive\"", "\"2031-01-01.future\"", HttpStatusCode.OK)]
    [InlineData("\"event\"", "\"v2.core.event\"", HttpStatusCode.BadRequest)]
    [InlineData("\"livemode\": false", "\"livemode\": true", HttpStatusCode.BadRequest)]
    public async Task Each_kind_of_event_gets_its_status(string old, string changed, HttpStatusCode expected)
    {
        var payer = await paid.NewPayingUser();
        var body = Encoding.UTF8.GetBytes(payer.EventsOf(await payer.Pay())[0].Body.Replace(old, changed, StringComparison.Ordinal));
        Assert.Equal(expected, await Webhooks.Post(body, WebhookSender.Sign(body, Now(), Fake)));
    }

    [Fact]
    public async Task A_body_that_is_not_an_event_is_refused()
    {
        byte[][] bodies =
        [
            [], "null"u8.ToArray(), "[1]"u8.ToArray(), "{"u8.ToArray(), [0x22, 0xff, 0xfe, 0x22],
            Encoding.UTF8.GetBytes(new string('[', 100_000)),
        ];
        foreach (var body in bodies)
        {
            Assert.Equal(HttpStatusCode.BadRequest, await Webhooks.Post(body, WebhookSender.Sign(body, Now(), Fake)));
        }
    }

    [Fact]
    public async Task A_body_may_have_half_a_megabyte_and_no_more()
    {
        using var stripe = paid.Gateway.CreateAnonymousClient();
        using var oversized = new HttpRequestMessage(HttpMethod.Post, Webhooks.Target) { Content = HttpTestExtensions.Json(new string(' ', (512 * 1024) + 1)) };
        oversized.Headers.Add("Stripe-Signature", Sign(""));
        var large = await stripe.SendAsync(oversized);
        Assert.Contains("512 KB", await large.ReadProblemAsync(HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);

        var payer = await paid.NewPayingUser();
        var body = payer.EventsOf(await payer.Pay())[0].Body;
        var padded = Encoding.UTF8.GetBytes(body.PadRight(512 * 1024));
        Assert.Equal(HttpStatusCode.OK, await Webhooks.Post(padded, WebhookSender.Sign(padded, Now(), Fake)));
    }

    [Fact]
    public async Task A_webhook_body_that_does_not_arrive_is_timed_out()
    {
        using var slow = new RawHttpClient(paid.Gateway.Address);
        var answer = await slow.SendAsync(
            $"POST /payments/webhook/stripe HTTP/1.1\r\nHost: a\r\nConnection: close\r\nStripe-Signature: {Sign("")}\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n");
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task During_a_database_outage_webhooks_are_refused_and_a_later_delivery_is_processed()
    {
        await using var own = await PaymentsGatewayFixture.Start();
        var payer = await own.NewPayingUser();
        var happened = payer.EventsOf(await payer.Pay())[0];
        await using (var connection = new SqliteConnection($"Data Source={own.Gateway.DatabaseFile};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var busy = connection.CreateCommand();
            busy.CommandText = "begin immediate";
            await busy.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await own.Stripe.Webhooks.Send(happened));
        }

        Assert.Equal(("Basic", "none"), await payer.GetTierAndStatus());
        await own.Stripe.Webhooks.Retry(own.Stripe.Account);
        await payer.WaitForStatus("Pro", "active");
    }

    private SqliteConnection Database() => new($"Data Source={paid.Gateway.DatabaseFile};Pooling=False;Mode=ReadOnly");

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();

    private static string Sign(string body, int seconds = 0) =>
        WebhookSender.Sign(Encoding.UTF8.GetBytes(body), Now().AddSeconds(seconds), Fake);
}
