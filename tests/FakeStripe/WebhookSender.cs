using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Fakes;

/// <summary>A delivery of an event, and how it was answered.</summary>
/// <param name="EventId">The event's id.</param>
/// <param name="Status">The answer; null when none came.</param>
public sealed record WebhookDelivery(string EventId, HttpStatusCode? Status);

/// <summary>
/// Sends events to an endpoint, as Stripe does: signed anew each time, delivered by 2xx. Dropping one is not to send it;
/// sending late, twice or in another order is up to the test.
/// </summary>
public sealed class WebhookSender(TimeProvider time) : IDisposable
{
    /// <summary>The secret to sign with, unless the test sets others.</summary>
    public const string Secret = "whsec_fake";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Where to send to.</summary>
    public Uri? Target { get; set; }

    /// <summary>What to sign with: two while a secret is rolled.</summary>
    public IReadOnlyList<string> Secrets { get; set; } = [Secret];

    /// <summary>What was delivered, or not, in the order of the answers.</summary>
    public ConcurrentQueue<WebhookDelivery> Deliveries { get; } = new();

    /// <summary>The header for a body that is signed at a moment.</summary>
    /// <param name="body">The body.</param>
    /// <param name="at">When it is signed.</param>
    /// <param name="secrets">With what; a signature each.</param>
    /// <param name="scheme"><c>v1</c>; <c>v0</c> is what test clocks send besides, and nobody may trust.</param>
    public static string Sign(ReadOnlySpan<byte> body, DateTimeOffset at, IEnumerable<string> secrets, string scheme = "v1")
    {
        var seconds = at.ToUnixTimeSeconds();
        byte[] payload = [.. Encoding.ASCII.GetBytes($"{seconds}."), .. body];
        var signatures = secrets.Select(secret =>
            $"{scheme}={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), payload))}");
        return string.Join(',', [$"t={seconds}", .. signatures]);
    }

    /// <summary>Delivers an event.</summary>
    /// <returns>The answer; null when none came.</returns>
    public async Task<HttpStatusCode?> Send(FakeStripeEvent happened)
    {
        var body = Encoding.UTF8.GetBytes(happened.Body);
        var status = await Post(body, Sign(body, time.GetUtcNow(), Secrets));
        happened.IsDelivered |= status is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices;
        Deliveries.Enqueue(new(happened.Id, status));
        return status;
    }

    /// <summary>Delivers events at least once each, some of them twice, in any order, several at once.</summary>
    /// <param name="events">What to deliver.</param>
    /// <param name="chance">Decides; its seed makes a run repeatable.</param>
    public async Task SendShuffled(IEnumerable<FakeStripeEvent> events, Random chance)
    {
        var deliveries = events.SelectMany(happened => Enumerable.Repeat(happened, chance.Next(1, 3))).ToArray();
        chance.Shuffle(deliveries);
        await Task.WhenAll(deliveries.Select(Send));
    }

    /// <summary>Tries again what has not been delivered, oldest first.</summary>
    public async Task Retry(FakeStripeAccount books)
    {
        foreach (var happened in books.Events.Where(happened => !happened.IsDelivered))
        {
            await Send(happened);
        }
    }

    /// <summary>Sends anything, signed in any way: a forgery, an old signature, a huge body, no UTF-8.</summary>
    /// <returns>The answer; null when none came.</returns>
    public async Task<HttpStatusCode?> Post(byte[] body, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Target);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        if (signature is not null)
        {
            request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        }

        try
        {
            using var response = await _http.SendAsync(request);
            return response.StatusCode;
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
        {
            _ = gone;
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
