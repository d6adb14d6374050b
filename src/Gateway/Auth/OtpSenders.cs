namespace GeminiChat.Gateway.Auth;

/// <summary>A message with a one-time code.</summary>
/// <param name="Number">E.164.</param>
/// <param name="Code">Six digits.</param>
/// <param name="Purpose">What the code can be used for.</param>
/// <param name="IsDecoy">Whether the code cannot be used. It must not reach a phone.</param>
/// <param name="HasAccount">Whether the number has an account.</param>
/// <param name="Network">The network of the client: see <see cref="ClientNetwork"/>.</param>
internal sealed record OtpMessage(
    string Number, string Code, CodePurpose Purpose, bool IsDecoy, bool HasAccount, string Network);

/// <summary>Delivers one-time codes.</summary>
internal interface IOtpSender
{
    /// <summary>Delivers a code, or queues it. It returns at once, so that the time of the answer reveals nothing.</summary>
    /// <returns>The value of <c>otp</c> in the answer to the client; null for none.</returns>
    string? Send(OtpMessage message);

    /// <summary>Sends the queued messages, for a few seconds at most.</summary>
    Task DrainAsync() => Task.CompletedTask;
}

/// <summary>
/// Sends the queued codes at shutdown: after the web server has stopped, and before the grains stop, because the grain of the
/// budget is still needed. So it is registered after the grains.
/// </summary>
internal sealed class OtpQueueDrainer(IOtpSender sender) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => sender.DrainAsync();
}

/// <summary>Returns the code in the answer; in Development only.</summary>
internal sealed class ResponseOtpSender : IOtpSender
{
    public string? Send(OtpMessage message) => message.Code;
}

/// <summary>Writes the code to the log. This is the only place that logs a code, because the operator chose it.</summary>
internal sealed partial class LogOtpSender(ILogger<LogOtpSender> logger) : IOtpSender
{
    public string? Send(OtpMessage message)
    {
        if (!message.IsDecoy)
        {
            Log.Code(logger, MobileNumbers.Mask(message.Number), message.Code);
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "One-time code for {MaskedNumber}: {Code}")]
        public static partial void Code(ILogger logger, string maskedNumber, string code);
    }
}
