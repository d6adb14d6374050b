using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Webhooks;

/// <summary>Sends events to receivers. The address is the operator's own choice, so private addresses and http are allowed.</summary>
internal sealed class WebhookClient(TimeProvider time) : IDisposable
{
    /// <summary>How long a receiver may take to answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private const int MaxHeaderKilobytes = 16;
    private const int MaxBodyBytes = 16 * 1024;

    private static readonly ProductInfoHeaderValue UserAgent = new("GeminiChat-Webhooks", "1.0");

    // Without a factory, which would log the addresses. The body of an answer is not read: up to a limit it is skipped, so that the
    // connection can be used again.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        MaxConnectionsPerServer = WebhookThrottle.MaxParallelism * WebhookDeliveryOptions.MaxEndpoints,
        MaxResponseDrainSize = MaxBodyBytes,
        MaxResponseHeadersLength = MaxHeaderKilobytes,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    public async Task<WebhookResult> Send(WebhookEndpoint endpoint, StoredDelivery delivery, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = CreateRequest(endpoint, delivery);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ending.Token);
            return new WebhookResult(response.StatusCode, ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture), GetRetryAfter(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookResult(Status: null, "timeout", RetryAfter: null);
        }
        catch (HttpRequestException failure)
        {
            return new WebhookResult(Status: null, failure.HttpRequestError.ToString(), RetryAfter: null);
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage CreateRequest(WebhookEndpoint endpoint, StoredDelivery delivery)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url)
        {
            Content = new StringContent(delivery.Payload, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.UserAgent.Add(UserAgent);
        request.Headers.Add("webhook-id", delivery.MessageId);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Compute(endpoint, delivery.MessageId, timestamp, delivery.Payload));
        return request;
    }

    private TimeSpan? GetRetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };
}

/// <summary>What became of an attempt.</summary>
/// <param name="Status">The status of the answer; null when there was none.</param>
/// <param name="Reason">The status, or why there was none.</param>
/// <param name="RetryAfter">The wait that the receiver asks for.</param>
internal sealed record WebhookResult(HttpStatusCode? Status, string Reason, TimeSpan? RetryAfter)
{
    /// <summary>Only 2xx. A redirect is not followed, so it is a failure.</summary>
    public bool IsDelivered => (int?)Status is >= 200 and < 300;

    /// <summary>The receiver works, and does not take this event.</summary>
    public bool IsRefusal => (int?)Status is >= 400 and < 500
        && Status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.Gone);

    /// <summary>The receiver wants no more events.</summary>
    public bool IsGone => Status is HttpStatusCode.Gone;
}
