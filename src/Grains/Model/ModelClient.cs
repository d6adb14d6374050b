using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Model;

/// <summary>
/// Gets a response from the model. It goes through the silo's circuit breaker, retries a call that fails before its first
/// text, and sends less history when the prompt is too long. Thread-safe.
/// </summary>
internal sealed partial class ModelClient(
    IChatClient model,
    ModelCircuitBreaker circuitBreaker,
    IOptions<ModelOptions> options,
    TimeProvider time,
    ILogger<ModelClient> logger)
{
    private readonly ChatClientMetadata? _client = model.GetService<ChatClientMetadata>();

    /// <summary>Calls the model until it has responded or a failure is final.</summary>
    /// <param name="prompt">The prompt. It is shortened when it is too long for the model.</param>
    /// <param name="handler">Handles the response.</param>
    /// <param name="stopping">Ends the wait for the next call.</param>
    /// <param name="cancellationToken">Ends that wait too, and a running call; the connection is closed.</param>
    /// <exception cref="ModelException">The final failure.</exception>
    public async Task StreamResponse(
        ModelPrompt prompt,
        IModelResponseHandler handler,
        CancellationToken stopping,
        CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        var window = new RetryWindow(options.Value.RetryWithin, options.Value.MaxCalls);
        var failures = 0;
        for (var call = 1; ; call++)
        {
            using var lease = await circuitBreaker.Acquire(window, waiting.Token);
            try
            {
                handler.OnCallStarting();
                await CallOnce(prompt, handler, lease, cancellationToken);
                return;
            }
            catch (ModelException failure)
            {
                lease.ReportFailure(failure);
                var isChanged = !handler.HasText && failure.Fault switch
                {
                    ModelFault.TooLong => prompt.TryShorten(),
                    ModelFault.InvalidSignature => prompt.TryRemoveSignatures(),
                    _ => false,
                };
                if ((isChanged ? TimeSpan.Zero : GetBackoff(failure, ++failures, handler, window)) is not { } backoff)
                {
                    throw;
                }

                ModelMetrics.RecordRetry(failure.Fault);
                Log.CallingAgain(logger, failure.Message, call, backoff);
                lease.Dispose();
                handler.OnRetrying();
                await Task.Delay(backoff, time, waiting.Token);
            }
        }
    }

    private async Task CallOnce(
        ModelPrompt prompt,
        IModelResponseHandler handler,
        ModelCircuitBreaker.Lease lease,
        CancellationToken cancellationToken)
    {
        using var call = new ModelCallTelemetry(_client, prompt.Options.ModelId, time);
        try
        {
            var answer = model.GetStreamingResponseAsync(prompt.Messages, prompt.Options, cancellationToken);

            // Not on the activation's scheduler: each chunk would wait there for its turn, and wake one more thread.
            await Task.Run(() => Read(answer, call, handler, lease, cancellationToken), CancellationToken.None);
            call.MarkSucceeded();
        }
        catch (ModelException failure)
        {
            call.MarkFailed(failure.Fault);
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            call.MarkCanceled();
            throw;
        }
    }

    private static async Task Read(
        IAsyncEnumerable<ChatResponseUpdate> answer,
        ModelCallTelemetry call,
        IModelResponseHandler handler,
        ModelCircuitBreaker.Lease lease,
        CancellationToken cancellationToken)
    {
        var (hasFinished, isWanted) = (false, true);
        await foreach (var update in answer)
        {
            lease.ReportSuccess();
            call.RecordUpdate(update);

            // Text that arrives after the user stopped the reply is dropped.
            cancellationToken.ThrowIfCancellationRequested();
            hasFinished |= update.FinishReason is not null;
            isWanted = handler.Read(update);
            if (!isWanted)
            {
                break;
            }
        }

        if (isWanted && !hasFinished)
        {
            throw new ModelException(ModelFault.Truncated, "The stream ended before the model said that it had finished.");
        }

        if (handler.IsEmpty)
        {
            throw new ModelException(ModelFault.Empty, "The answer ended without a visible character.");
        }
    }

    private TimeSpan? GetBackoff(ModelException failure, int failures, IModelResponseHandler handler, RetryWindow window)
    {
        if (handler.HasText || !failure.IsTransient || failures >= options.Value.MaxCalls)
        {
            return null;
        }

        // The circuit breaker waits for a pause that the model asked for, and lets one call run first.
        var full = options.Value.FirstBackoff * Math.Pow(2, failures - 1);
        if (failure.RetryAfter >= full)
        {
            return TimeSpan.Zero;
        }

        // Half of the wait is random, so that rooms that failed together do not retry together.
        var backoff = full * (0.75 + (Random.Shared.NextDouble() / 2));
        return time.GetUtcNow() + backoff < window.End ? backoff : null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Call {Call} of the model failed ({Failure}); retrying in {Backoff}")]
        public static partial void CallingAgain(ILogger logger, string failure, int call, TimeSpan backoff);
    }
}
