using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests.Telemetry;

/// <summary>A run of the program in which something of everything happens, and what Prometheus reads meanwhile.</summary>
public sealed class MetricsFixture : IAsyncLifetime
{
    /// <summary>Webhooks that did not arrive whole.</summary>
    public const int BrokenOffWebhooks = 2;

    private const int DailyLimit = 4;
    private const int Turns = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly Uri _metrics = new($"http://127.0.0.1:{Ports.FindFree()}/");
    private readonly HttpClient _prometheus = new();
    private FakeGemini _gemini = null!;
    private FakeStripe _stripe = null!;
    private FakeWebhookReceiver _receiver = null!;
    private GatewayProcess _gateway = null!;

    public string Prompt { get; } = "a prompt that nobody else shall read";

    /// <summary>While one turn is held and another waits behind it, both followed.</summary>
    internal PrometheusScrape Midway { get; private set; } = null!;

    internal PrometheusScrape AtEnd { get; private set; } = null!;

    internal int Events { get; private set; }

    internal IReadOnlyList<string> Secrets { get; private set; } = [];

    internal HttpClient Service => _gateway.Http;

    internal Task<HttpResponseMessage> GetFromMetricsAddress(string path) => _prometheus.GetAsync(new Uri(_metrics, path));

    public async ValueTask InitializeAsync()
    {
        _gemini = await FakeGemini.Start();
        _stripe = await FakeStripe.Start();
        _receiver = await FakeWebhookReceiver.Start();
        _gateway = await GatewayProcess.Start(
            _folder.Path,
            [.. _receiver.Settings,
            ("METRICS_URL", _metrics.ToString()), ("BASIC_DAILY_MESSAGES", $"{DailyLimit}"),
            ("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", _gemini.BaseUrl),
            ("STRIPE_SECRET_KEY", FakeStripe.Key), ("STRIPE_PRO_PRICE_ID", FakeStripe.Price),
            ("STRIPE_WEBHOOK_SECRET", WebhookSender.Secret), ("STRIPE_API_BASE", _stripe.BaseUrl)]);
        var user = await ChatUser.SignIn(_gateway.Http);
        var room = await user.NewRoom();
        var id = (await user.Get("/user/me")).GetProperty("id").GetString()!;
        Secrets = [user.Token, room, id, "1415555", Prompt, FakeGemini.Key, FakeStripe.Key, WebhookSender.Secret, FakeWebhookReceiver.Secret];
        await Fail(user, room);
        await CompleteAtTheSecondCall(user, room);
        await StopOneWithAnotherBehindIt(user, room);
        await ExceedDailyLimit(user, room);
        await Pay(user);
        await BreakOffWebhook("Transfer-Encoding: chunked\r\n\r\nno length\r\n", 1);
        await BreakOffWebhook("Content-Length: 100\r\n\r\n{", BrokenOffWebhooks);
        AtEnd = await WaitUntil(seen =>
            seen.Sum("geminichat_turns_total") == Turns && AreAllDelivered(seen) && seen.Sum("geminichat_streams_live") == 0 && !HasOpenBatches(seen));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _receiver.DisposeAsync();
        await _stripe.DisposeAsync();
        await _gemini.DisposeAsync();
        _prometheus.Dispose();
        _folder.Dispose();
    }

    private async Task Fail(ChatUser user, string room)
    {
        _gemini.EnqueueReplies(Script.BadRequest());
        Assert.Equal("error", (await user.Ask(room, Prompt))[^1].EventType);
    }

    private async Task CompleteAtTheSecondCall(ChatUser user, string room)
    {
        _gemini.EnqueueReplies(Script.Overloaded(), Script.Words("an answer"));
        Assert.Equal("done", (await user.Ask(room, Prompt))[^1].EventType);
    }

    private async Task StopOneWithAnotherBehindIt(ChatUser user, string room)
    {
        using var leaving = new CancellationTokenSource();
        await using var notices = user.Stream(HttpMethod.Get, "/events", cancellationToken: leaving.Token).GetAsyncEnumerator(leaving.Token);
        var firstNotice = notices.MoveNextAsync();
        var hold = new ControlledReply();
        _gemini.EnqueueReplies(hold.Script);
        var held = (await user.Post(room, Prompt)).GetProperty("reply").Id();
        var waiting = (await user.Post(room, Prompt)).GetProperty("reply").Id();
        await hold.SendText("so far");
        Assert.True(await firstNotice);
        var following = user.WaitForReply(room, held);
        Midway = await WaitUntil(seen => seen.Sum("geminichat_streams_live") == 2);
        using var stopped = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message/{held}/stop");
        Assert.Equal(HttpStatusCode.OK, stopped.StatusCode);
        await following;
        await user.WaitForReply(room, waiting);
        await leaving.CancelAsync();
    }

    private async Task ExceedDailyLimit(ChatUser user, string room)
    {
        using var last = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = Prompt });
        Assert.Equal(HttpStatusCode.Accepted, last.StatusCode);
        await user.WaitForReply(room, JsonElement.Parse(await last.Content.ReadAsStringAsync()).GetProperty("reply").Id());
        using var refused = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = Prompt });
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    private async Task Pay(ChatUser user)
    {
        var opened = await ChatUser.Json(await user.Send(HttpMethod.Post, "/payments/subscribe/pro"));
        _stripe.Account.CompleteCheckout(opened.GetProperty("session_id").GetString()!);
        _stripe.Webhooks.Target = new Uri(_gateway.Address, "/payments/webhook/stripe");
        foreach (var happened in _stripe.Account.Events)
        {
            Assert.Equal(HttpStatusCode.OK, await _stripe.Webhooks.Send(happened));
            Events++;
        }

        _stripe.Webhooks.Secrets = ["whsec_of_somebody_else"];
        Assert.Equal(HttpStatusCode.BadRequest, await _stripe.Webhooks.Send(_stripe.Account.Events.First()));
    }

    private async Task BreakOffWebhook(string request, int count)
    {
        // Of the right form, so that the body is read.
        var signature = $"t={TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()},v1={new string('0', 64)}";
        using var sender = new TcpClient(_gateway.Address.Host, _gateway.Address.Port);
        await sender.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /payments/webhook/stripe HTTP/1.1\r\nHost: a\r\nStripe-Signature: {signature}\r\n{request}"));
        sender.Client.Shutdown(SocketShutdown.Send);
        await WaitUntil(seen => seen.Sum("geminichat_webhooks_total", "outcome=\"bad_request\"") == count);
    }

    /// <summary>
    /// The size of a batch is recorded when it begins, its duration when it ends. A scrape reads the two one after the other.
    /// </summary>
    private static bool HasOpenBatches(PrometheusScrape seen) =>
        seen.Sum("geminichat_store_batch_size_count") != seen.Sum("geminichat_store_batch_duration_seconds_count");

    // The user's creation, the ends of the turns and the subscription.
    private static bool AreAllDelivered(PrometheusScrape seen) =>
        seen.Sum("geminichat_webhook_deliveries_total", "outcome=\"delivered\"") >= Turns + 2;

    private async Task<PrometheusScrape> WaitUntil(Func<PrometheusScrape, bool> condition)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var seen = new PrometheusScrape(await _prometheus.GetStringAsync(new Uri(_metrics, "metrics"), deadline.Token));
            if (condition(seen))
            {
                return seen;
            }

            await look.WaitForNextTickAsync(deadline.Token);
        }
    }
}
