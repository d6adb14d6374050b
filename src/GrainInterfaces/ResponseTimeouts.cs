namespace GeminiChat.GrainInterfaces;

/// <summary>
/// How long a caller waits for the answer to a call that may take longer than others; the caller's own setting holds for
/// the rest. When it is over the outcome is not known. A silo that is lost does not say so: the shorter the wait, the
/// sooner the caller asks the grain's next activation.
/// </summary>
internal static class ResponseTimeouts
{
    /// <summary>For the long polls, which wait for news for up to 5 s.</summary>
    public const string LongPoll = "00:00:08";

    /// <summary>For what cannot be repeated: giving it up leaves the user with an outcome that nobody knows.</summary>
    public const string NonRepeatable = "00:00:15";

    /// <summary>For what may ask the payment provider, which takes up to 25 s.</summary>
    public const string PaymentProvider = "00:00:30";
}
