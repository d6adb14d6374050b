namespace GeminiChat.Grains.Model;

/// <summary>What kept the model from giving a whole answer.</summary>
public enum ModelFault
{
    /// <summary>Overloaded, unreachable or broken at its end: 429 without a daily quota, 500, 502, 503, 504, connection.</summary>
    Unavailable,

    /// <summary>The day's quota is used up; it returns at midnight Pacific time.</summary>
    DailyQuota,

    /// <summary>It refuses every request as configured: a wrong key, model, region or credit.</summary>
    Config,

    /// <summary>It refused this very request as malformed.</summary>
    Rejected,

    /// <summary>It refused this very request as longer than it reads at once.</summary>
    TooLong,

    /// <summary>It was silent for too long, or took too long in all.</summary>
    Timeout,

    /// <summary>Its stream broke off: cut, or ended before it said that it had finished.</summary>
    Truncated,

    /// <summary>It sent what its protocol does not allow, or more than is allowed here.</summary>
    Protocol,

    /// <summary>Its answer ended without a visible character.</summary>
    Empty,
}

/// <summary>
/// The model did not give a whole answer. The message is for operators: it never holds the key or the prompt, and is
/// not shown to users.
/// </summary>
/// <param name="fault">What happened.</param>
/// <param name="message">What happened, for operators.</param>
/// <param name="retryAfter">How long the model asked everybody to wait; null when it did not.</param>
/// <param name="inner">The cause.</param>
public sealed class ModelException(
    ModelFault fault,
    string message,
    TimeSpan? retryAfter = null,
    Exception? inner = null) : Exception(message, inner)
{
    public ModelFault Fault { get; } = fault;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether the same request can succeed soon. Only before the first text: a stream cannot be continued.</summary>
    public bool IsTransient => Fault is ModelFault.Unavailable or ModelFault.Truncated or ModelFault.Empty;
}
