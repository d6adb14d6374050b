using System.Net;
using System.Text.Json;
using GeminiChat.Grains.Subscriptions;
using Stripe;

namespace GeminiChat.Silo.Payments;

/// <summary>Bounds requests to Stripe, and says in the words of <see cref="PaymentsException"/> how they fail.</summary>
internal sealed partial class StripeRequests(TimeProvider time, ILogger<StripePayments> logger)
{
    private const string Missing = "resource_missing";
    private const string RateLimit = "rate_limit";
    private const string Customer = "customer";
    private const string Replayed = "Idempotent-Replayed";

    /// <summary>How long a call may take, with all its attempts.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes a call.</summary>
    /// <param name="what">What it is to do, for the log.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="PaymentsException">It failed.</exception>
    public async Task<T> Make<T>(string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CallTimeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            // Stripe.net sits its pauses between attempts out whatever becomes of the token.
            return await call(ending.Token).WaitAsync(ending.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.TimedOut(logger, what);
            throw new PaymentsException(PaymentsFault.Unavailable, "Stripe did not answer in time.");
        }
        catch (HttpRequestException exception)
        {
            Log.Unreachable(logger, what, exception.HttpRequestError);
            throw new PaymentsException(PaymentsFault.Unavailable, "Stripe cannot be reached.", exception);
        }
        catch (JsonException)
        {
            Log.Unreadable(logger, what);
            throw new PaymentsException(PaymentsFault.Unavailable, "Stripe's answer cannot be read.");
        }
        catch (StripeException exception)
        {
            Log.Failed(logger, what, (int)exception.HttpStatusCode, exception.StripeError?.Code, exception.StripeResponse?.RequestId);

            // Without the exception: its message is Stripe's text, or a whole body.
            throw new PaymentsException(FaultOf(exception), $"Stripe answered {(int)exception.HttpStatusCode} {exception.StripeError?.Code}".TrimEnd() + ".")
            {
                IsKeySpent = IsKeySpent(exception),
            };
        }
    }

    /// <summary>Makes a call for a thing; null when Stripe knows none.</summary>
    /// <inheritdoc cref="Make"/>
    public Task<T?> Find<T>(string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
        where T : class =>
        Make(what, token => OrNull(call(token)), cancellationToken);

    private static async Task<T?> OrNull<T>(Task<T> call)
        where T : class
    {
        try
        {
            return await call;
        }
        catch (StripeException exception) when (exception is { HttpStatusCode: HttpStatusCode.NotFound, StripeError.Code: Missing })
        {
            return null;
        }
    }

    // What Stripe did not judge can be tried again: too many requests, a key in use, its own failures, half an answer.
    private static PaymentsFault FaultOf(StripeException exception) => exception.HttpStatusCode switch
    {
        HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests
            or HttpStatusCode.FailedDependency => PaymentsFault.Unavailable,
        HttpStatusCode.BadRequest or HttpStatusCode.NotFound when exception.StripeError is { Code: Missing, Param: Customer } =>
            PaymentsFault.CustomerMissing,
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError when exception.StripeError?.Code is not RateLimit => PaymentsFault.Refused,
        _ => PaymentsFault.Unavailable,
    };

    // Stripe keeps the answer to a request that it has begun to work on for a day, a 500 too, and gives it to whoever comes
    // with the same key. With other parameters than at first a key is of no more use either.
    private static bool IsKeySpent(StripeException exception) =>
        exception.HttpStatusCode is HttpStatusCode.InternalServerError
        || exception is { HttpStatusCode: HttpStatusCode.BadRequest, StripeError.Type: "idempotency_error" }
        || (exception.StripeResponse?.Headers.Contains(Replayed) ?? false);

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
