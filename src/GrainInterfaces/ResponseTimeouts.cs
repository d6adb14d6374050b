namespace GeminiChat.GrainInterfaces;

/// <summary>
/// Timeouts of grain calls that may take longer than others. All other calls use the caller's own setting. After a
/// timeout the outcome of the call is unknown. A lost silo sends no error, so a shorter timeout lets the caller retry
/// sooner on the grain's next activation.
/// </summary>
internal static class ResponseTimeouts
{
    /// <summary>For the long polls, which wait up to 5 s.</summary>
    public const string LongPoll = "00:00:08";

    /// <summary>For calls that cannot be repeated: after a timeout the user has an unknown outcome.</summary>
    public const string NonRepeatable = "00:00:15";

    /// <summary>For calls that may call the payment provider, which takes up to 25 s.</summary>
    public const string PaymentProvider = "00:00:30";
}
