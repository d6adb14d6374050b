using System.Threading.Channels;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Sends codes by text message, some time after the request has been answered: neither the answer nor its time tells
/// whether there was anything to send. The queue is bounded; what does not fit is dropped, and can be asked for anew in
/// a minute.
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
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentSends };
        _sending = Task.Run(() => Parallel.ForEachAsync(_queue.Reader.ReadAllAsync(), atOnce, Deliver));
    }

    public string? Send(OtpMessage message)
    {
        if (!message.IsDecoy && !_queue.Writer.TryWrite(message))
        {
            OtpInstruments.CountMessage(OtpInstruments.Dropped);
            Log.Dropped(_logger, MobileNumbers.Mask(message.Number));
        }

        return null;
    }

    /// <summary>What was promised before the stop is still sent, for a few seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _sending.WaitAsync(DrainTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask Deliver(OtpMessage message, CancellationToken cancellationToken)
    {
        var masked = MobileNumbers.Mask(message.Number);
        try
        {
            if (await _budget.GetRejectionReasonAsync(message, cancellationToken) is { } refusal)
            {
                OtpInstruments.CountMessage(OtpInstruments.Withheld, refusal);
                Log.Withheld(_logger, masked, refusal);
            }
            else if (await _twilio.SendAsync(message, cancellationToken) is { } failure)
            {
                OtpInstruments.CountMessage(OtpInstruments.Failed);
                Log.NotSent(_logger, masked, failure);
            }
            else
            {
                OtpInstruments.CountMessage(OtpInstruments.Sent);
            }
        }
        catch (Exception bug)
        {
            // One message's bug must not be the last of all messages. Its text may hold the number.
            OtpInstruments.CountMessage(OtpInstruments.Failed);
            Log.NotSent(_logger, masked, bug.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Too many one-time codes wait to be sent; that for {MaskedNumber} was dropped")]
        public static partial void Dropped(ILogger logger, string maskedNumber);

        [LoggerMessage(LogLevel.Warning, "The one-time code for {MaskedNumber} was withheld: {Reason}")]
        public static partial void Withheld(ILogger logger, string maskedNumber, string reason);

        [LoggerMessage(LogLevel.Warning, "The one-time code for {MaskedNumber} was not sent: {Failure}")]
        public static partial void NotSent(ILogger logger, string maskedNumber, string failure);
    }
}
