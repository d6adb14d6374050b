namespace GeminiChat.Gateway.Auth;

/// <summary>Delivers one-time codes.</summary>
internal interface IOtpSender
{
    /// <summary>Delivers a code.</summary>
    /// <param name="mobileNumber">E.164.</param>
    /// <param name="code">Six digits.</param>
    /// <param name="cancellationToken">The caller has left.</param>
    /// <returns>What the answer to the caller shall hold as <c>otp</c>; null for nothing.</returns>
    Task<string?> SendAsync(string mobileNumber, string code, CancellationToken cancellationToken);
}

/// <summary>Hands the code to whoever asked for it: for development only.</summary>
internal sealed class ResponseOtpSender : IOtpSender
{
    public Task<string?> SendAsync(string mobileNumber, string code, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(code);
}

/// <summary>Writes the code to the log. The one place where a code may be logged, because an operator asked for it.</summary>
internal sealed partial class LogOtpSender(ILogger<LogOtpSender> logger) : IOtpSender
{
    public Task<string?> SendAsync(string mobileNumber, string code, CancellationToken cancellationToken)
    {
        Log.Code(logger, MobileNumbers.Mask(mobileNumber), code);
        return Task.FromResult<string?>(null);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "One-time code for {MaskedNumber}: {Code}")]
        public static partial void Code(ILogger logger, string maskedNumber, string code);
    }
}
