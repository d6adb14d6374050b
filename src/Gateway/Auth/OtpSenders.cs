namespace GeminiChat.Gateway.Auth;

/// <summary>A one-time code on its way.</summary>
/// <param name="Number">E.164.</param>
/// <param name="Code">Six digits.</param>
/// <param name="Purpose">What it is good for.</param>
/// <param name="IsDecoy">Whether it serves nothing and must not reach anybody's phone.</param>
/// <param name="HasAccount">Whether the number has an account.</param>
/// <param name="Network">The network that asked for it: see <see cref="ClientNetwork"/>.</param>
internal sealed record OtpMessage(
    string Number, string Code, CodePurpose Purpose, bool IsDecoy, bool HasAccount, string Network);

/// <summary>Delivers one-time codes.</summary>
internal interface IOtpSender
{
    /// <summary>
    /// Delivers a code, or begins to: it returns at once, so that the time of the answer tells nothing.
    /// </summary>
    /// <returns>What the answer to the caller shall hold as <c>otp</c>; null for nothing.</returns>
    string? Send(OtpMessage message);
}

/// <summary>Hands the code to whoever asked for it: for development only.</summary>
internal sealed class ResponseOtpSender : IOtpSender
{
    public string? Send(OtpMessage message) => message.Code;
}

/// <summary>Writes the code to the log. The one place where a code may be logged, because an operator asked for it.</summary>
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
