using System.Net;
using System.Text.Json;
using GeminiChat.Grains.Subscriptions;
using Stripe;

namespace GeminiChat.Silo.Payments;

/// <summary>Limits the time of requests to Stripe, and maps their failures to <see cref="PaymentProviderException"/>.</summary>
internal sealed partial class StripeRequestExecutor(TimeProvider time, ILogger<StripePayments> logger)
{
    private const string MissingCode = "resource_missing";
    private const string RateLimitCode = "rate_limit";
    private const string CustomerParameter = "customer";
    private const string ReplayedHeader = "Idempotent-Replayed";

    /// <summary>How long a call may take, including its retries.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes a call.</summary>
    /// <param name="operation">The name of the operation, for the log.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="PaymentProviderException">The call failed.</exception>
    public async Task<T> Execute<T>(string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CallTimeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            // Stripe.net ignores the token during its pauses between attempts.
            return await call(ending.Token).WaitAsync(ending.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.TimedOut(logger, operation);
            throw new PaymentProviderException(PaymentProviderFault.Unavailable, "Stripe did not answer in time.");
        }
        catch (HttpRequestException exception)
        {
            Log.Unreachable(logger, operation, exception.HttpRequestError);
            throw new PaymentProviderException(PaymentProviderFault.Unavailable, "Stripe cannot be reached.", exception);
        }
        catch (JsonException)
        {
            Log.Unreadable(logger, operation);
            throw new PaymentProviderException(PaymentProviderFault.Unavailable, "Stripe's answer cannot be read.");
        }
        catch (StripeException exception)
        {
            Log.Failed(logger, operation, (int)exception.HttpStatusCode, exception.StripeError?.Code, exception.StripeResponse?.RequestId);

            // Without the inner exception: its message is Stripe's text or a whole response body.
            throw new PaymentProviderException(Classify(exception), $"Stripe answered {(int)exception.HttpStatusCode} {exception.StripeError?.Code}".TrimEnd() + ".")
            {
                IsIdempotencyKeySpent = IsKeySpent(exception),
            };
        }
    }

    /// <summary>Makes a call for one object; null when Stripe does not have it.</summary>
    /// <inheritdoc cref="Execute"/>
    public Task<T?> ExecuteOrNull<T>(string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
        where T : class =>
        Execute(operation, token => NullIfMissing(call(token)), cancellationToken);

    private static async Task<T?> NullIfMissing<T>(Task<T> call)
        where T : class
    {
        try
        {
            return await call;
        }
        catch (StripeException exception) when (exception is { HttpStatusCode: HttpStatusCode.NotFound, StripeError.Code: MissingCode })
        {
            return null;
        }
    }

    // A request that Stripe did not decide can be retried: too many requests, an idempotency key in use, Stripe's own failures,
    // an incomplete response.
    private static PaymentProviderFault Classify(StripeException exception) => exception.HttpStatusCode switch
    {
        HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests
            or HttpStatusCode.FailedDependency => PaymentProviderFault.Unavailable,
        HttpStatusCode.BadRequest or HttpStatusCode.NotFound when exception.StripeError is { Code: MissingCode, Param: CustomerParameter } =>
            PaymentProviderFault.CustomerMissing,
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError when exception.StripeError?.Code is not RateLimitCode => PaymentProviderFault.Refused,
        _ => PaymentProviderFault.Unavailable,
    };

    // Once Stripe has begun to process a request, it stores the response for a day, even a 500, and repeats it for the same key.
    // A key cannot be used with other parameters than at first either.
    private static bool IsKeySpent(StripeException exception) =>
        exception.HttpStatusCode is HttpStatusCode.InternalServerError
        || exception is { HttpStatusCode: HttpStatusCode.BadRequest, StripeError.Type: "idempotency_error" }
        || (exception.StripeResponse?.Headers.Contains(ReplayedHeader) ?? false);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Stripe did not {What} in time")]
        public static partial void TimedOut(ILogger logger, string what);

        [LoggerMessage(LogLevel.Warning, "Stripe cannot be reached to {What}: {Error}")]
        public static partial void Unreachable(ILogger logger, string what, HttpRequestError error);

        [LoggerMessage(LogLevel.Warning, "Stripe was asked to {What}, and its answer cannot be read")]
        public static partial void Unreadable(ILogger logger, string what);

        [LoggerMessage(LogLevel.Warning, "Stripe did not {What}: {Status} {Code}, request {RequestId}")]
        public static partial void Failed(ILogger logger, string what, int status, string? code, string? requestId);
    }
}
