using System.Net;
using System.Text;
using GeminiChat.Played;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>What comes as Stripe's events: what is believed, what is refused, and that nothing is told of unstored.</summary>
public sealed class WebhookTests(PaidGateway paid) : IClassFixture<PaidGateway>
{
    private static readonly string[] Played = [StripeWebhooks.Secret];

    private StripeWebhooks Webhooks => paid.Stripe.Webhooks;

    [Fact]
    public async Task An_event_is_taken_once_however_often_it_comes()
    {
        var payer = await paid.NewPayer();
        var subscription = await payer.Pay();
        var before = payer.Reads(subscription.Customer);
        var happened = payer.EventsOf(subscription)[0];

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Webhooks.Send(happened)));
        await payer.Until("Pro", "active");
        answers = [.. answers, await Webhooks.Send(happened)];

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.Equal(before + 1, payer.Reads(subscription.Customer));
    }

    [Fact]
    public async Task The_answer_says_success()
    {
        var payer = await paid.NewPayer();
        var happened = payer.EventsOf(await payer.Pay())[0];
        using var stripe = paid.Gateway.Stranger();
        using var request = new HttpRequestMessage(HttpMethod.Post, Webhooks.Target) { Content = Answers.Json(happened.Body) };
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
    public async Task What_Stripe_did_not_sign_just_now_is_refused_and_changes_nothing(string how)
    {
        var payer = await paid.NewPayer();
        var body = payer.EventsOf(await payer.Pay())[0].Body;
        var signature = how switch
        {
            "no signature" => null,
            "other secret" => StripeWebhooks.Sign(Encoding.UTF8.GetBytes(body), Now(), ["whsec_other"]),
            "other body" => Sign(body.Replace("evt", "evu", StringComparison.Ordinal)),
            "v0 only" => StripeWebhooks.Sign(Encoding.UTF8.GetBytes(body), Now(), Played, "v0"),
            "too old" => Sign(body, -310),
            _ => Sign(body, 310),
        };

        using var stripe = paid.Gateway.Stranger();
        using var request = new HttpRequestMessage(HttpMethod.Post, Webhooks.Target) { Content = Answers.Json(body) };
        request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        var answer = await stripe.SendAsync(request);

        Assert.DoesNotContain("evt_", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(("Basic", "none"), await payer.Standing());
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
    [InlineData(-290, "whsec_played")]
    [InlineData(290, "whsec_played")]
    [InlineData(0, "whsec_rolled")]
    [InlineData(0, "whsec_other,whsec_played")]
    public async Task An_event_signed_within_five_minutes_with_a_secret_of_ours_is_taken(int seconds, string secrets)
    {
        var payer = await paid.NewPayer();
        var body = Encoding.UTF8.GetBytes(payer.EventsOf(await payer.Pay())[0].Body);
        Assert.Equal(HttpStatusCode.OK, await Webhooks.Post(body, StripeWebhooks.Sign(body, Now().AddSeconds(seconds), secrets.Split(','))));
        await payer.Until("Pro", "active");
    }

    [Theory]
    [InlineData("\"customer.subscription.created\"", "\"customer.created\"", HttpStatusCode.OK)]
    [InlineData("\"2026-10-28.endive\"", "\"2031-01-01.future\"", HttpStatusCode.OK)]
    [InlineData("\"event\"", "\"v2.core.event\"", HttpStatusCode.BadRequest)]
    [InlineData("\"livemode\": false", "\"livemode\": true", HttpStatusCode.BadRequest)]
    public async Task Of_other_kinds_of_events_each_gets_its_answer(string old, string changed, HttpStatusCode expected)
    {
        var payer = await paid.NewPayer();
        var body = Encoding.UTF8.GetBytes(payer.EventsOf(await payer.Pay())[0].Body.Replace(old, changed, StringComparison.Ordinal));
        Assert.Equal(expected, await Webhooks.Post(body, StripeWebhooks.Sign(body, Now(), Played)));
    }

    [Fact]
    public async Task Bodies_that_are_no_events_are_refused()
    {
        byte[][] bodies =
        [
            [], "null"u8.ToArray(), "[1]"u8.ToArray(), "{"u8.ToArray(), [0x22, 0xff, 0xfe, 0x22],
            Encoding.UTF8.GetBytes(new string('[', 100_000)),
        ];
        foreach (var body in bodies)
        {
            Assert.Equal(HttpStatusCode.BadRequest, await Webhooks.Post(body, StripeWebhooks.Sign(body, Now(), Played)));
        }
    }

    [Fact]
    public async Task A_body_may_have_half_a_megabyte_and_no_more()
    {
        using var stripe = paid.Gateway.Stranger();
        using var oversized = new HttpRequestMessage(HttpMethod.Post, Webhooks.Target) { Content = Answers.Json(new string(' ', (512 * 1024) + 1)) };
        oversized.Headers.Add("Stripe-Signature", Sign(""));
        var large = await stripe.SendAsync(oversized);
        Assert.Contains("512 KB", await large.ProblemAsync(HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);

        var payer = await paid.NewPayer();
        var body = payer.EventsOf(await payer.Pay())[0].Body;
        var padded = Encoding.UTF8.GetBytes(body.PadRight(512 * 1024));
        Assert.Equal(HttpStatusCode.OK, await Webhooks.Post(padded, StripeWebhooks.Sign(padded, Now(), Played)));
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_is_given_up()
    {
        using var slow = new RawClient(paid.Gateway.Address);
        var answer = await slow.SendAsync(
            $"POST /payments/webhook/stripe HTTP/1.1\r\nHost: a\r\nConnection: close\r\nStripe-Signature: {Sign("")}\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n");
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_database_is_away_nothing_is_taken_and_a_later_delivery_counts()
    {
        await using var own = await PaidGateway.Start();
        var payer = await own.NewPayer();
        var happened = payer.EventsOf(await payer.Pay())[0];
        await using (var connection = new SqliteConnection($"Data Source={own.Gateway.DatabaseFile};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var busy = connection.CreateCommand();
            busy.CommandText = "begin immediate";
            await busy.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await own.Stripe.Webhooks.Send(happened));
        }

        Assert.Equal(("Basic", "none"), await payer.Standing());
        await own.Stripe.Webhooks.Retry(own.Stripe.Books);
        await payer.Until("Pro", "active");
    }

    private SqliteConnection Database() => new($"Data Source={paid.Gateway.DatabaseFile};Pooling=False;Mode=ReadOnly");

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();

    private static string Sign(string body, int seconds = 0) =>
        StripeWebhooks.Sign(Encoding.UTF8.GetBytes(body), Now().AddSeconds(seconds), Played);
}
