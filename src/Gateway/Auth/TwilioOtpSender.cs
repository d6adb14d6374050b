using System.Threading.Channels;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Sends codes by text message after the request is answered, so neither the answer nor its time reveals whether a message
/// is sent. The queue is bounded. If it is full, the message is dropped; the user can ask for another code after a minute.
/// </summary>
internal sealed partial class TwilioOtpSender : IOtpSender, IAsyncDisposable
{
    private const int QueueCapacity = 1000;
    private const int MaxConcurrentSends = 8;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<OtpMessage> _queue = Channel.CreateBounded<OtpMessage>(QueueCapacity);
    private readonly TwilioClient _twilio;
    private readonly OtpSendLimiter _budget;
    private readonly ILogger _logger;
    private readonly Task _sending;

    public TwilioOtpSender(TwilioClient twilio, OtpSendLimiter budget, ILogger<TwilioOtpSender> logger)
    {
        (_twilio, _budget, _logger) = (twilio, budget, logger);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentSends };
        _sending = Task.Run(() => Parallel.ForEachAsync(_queue.Reader.ReadAllAsync(), parallel, Deliver));
    }

    public string? Send(OtpMessage message)
    {
        if (!message.IsDecoy && !_queue.Writer.TryWrite(message))
        {
            OtpMetrics.CountMessage(OtpMetrics.Dropped);
            Log.Dropped(_logger, MobileNumbers.Mask(message.Number));
        }

        return null;
    }

    public async Task DrainAsync()
    {
        _queue.Writer.TryComplete();
        await _sending.WaitAsync(DrainTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public ValueTask DisposeAsync() => new(DrainAsync());

    private async ValueTask Deliver(OtpMessage message, CancellationToken cancellationToken)
    {
        var masked = MobileNumbers.Mask(message.Number);
        try
        {
            if (await _budget.GetRejectionReasonAsync(message, cancellationToken) is { } refusal)
            {
                OtpMetrics.CountMessage(OtpMetrics.Withheld, refusal);
                Log.Withheld(_logger, masked, refusal);
            }
            else if (await _twilio.SendAsync(message, cancellationToken) is { } failure)
            {
                OtpMetrics.CountMessage(OtpMetrics.Failed);
                Log.NotSent(_logger, masked, failure);
            }
            else
            {
                OtpMetrics.CountMessage(OtpMetrics.Sent);
            }
        }
        catch (Exception bug)
        {
            // A bug with one message must not end the loop. The text of the exception may hold the number.
            OtpMetrics.CountMessage(OtpMetrics.Failed);
            Log.NotSent(_logger, masked, bug.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Too many one-time codes are queued; the code for {MaskedNumber} was dropped")]
        public static partial void Dropped(ILogger logger, string maskedNumber);

        [LoggerMessage(LogLevel.Warning, "The one-time code for {MaskedNumber} was withheld: {Reason}")]
        public static partial void Withheld(ILogger logger, string maskedNumber, string reason);

        [LoggerMessage(LogLevel.Warning, "The one-time code for {MaskedNumber} was not sent: {Failure}")]
        public static partial void NotSent(ILogger logger, string maskedNumber, string failure);
    }
}
