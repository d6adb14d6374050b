namespace GeminiChat.Grains.Model;

/// <summary>Why the model did not give a complete response.</summary>
public enum ModelFault
{
    /// <summary>
    /// The model is overloaded, unreachable or broken: 429 without a daily quota, 500, 502, 503, 504, or a failed
    /// connection.
    /// </summary>
    Unavailable,

    /// <summary>The daily quota is used up; it returns at midnight Pacific time.</summary>
    DailyQuota,

    /// <summary>The model refuses every request because of the configuration: a wrong key, model, region or credit.</summary>
    Config,

    /// <summary>The model refused this request as malformed.</summary>
    Rejected,

    /// <summary>The model refused this request because it exceeds the model's input limit.</summary>
    TooLong,

    /// <summary>The model refused this request because it does not know the signature of an earlier reply's part.</summary>
    InvalidSignature,

    /// <summary>The model was silent for too long, or the call took too long in total.</summary>
    Timeout,

    /// <summary>The stream was cut, or it ended before the model said that it had finished.</summary>
    Truncated,

    /// <summary>The model sent something that its protocol does not allow, or more than this service allows.</summary>
    Protocol,

    /// <summary>The response ended without a visible character.</summary>
    Empty,
}

/// <summary>
/// The model did not give a complete response. The message is for operators: it never contains the key or the prompt, and
/// users do not see it.
/// </summary>
/// <param name="fault">What happened.</param>
/// <param name="message">A description for operators.</param>
/// <param name="retryAfter">How long the model asked all callers to wait; null when it did not ask.</param>
/// <param name="inner">The cause.</param>
public sealed class ModelException(
    ModelFault fault,
    string message,
    TimeSpan? retryAfter = null,
    Exception? inner = null) : Exception(message, inner)
{
    public ModelFault Fault { get; } = fault;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether the model does not know a file that the request names: it has expired, or was deleted there.</summary>
    public bool IsFileUnknown { get; init; }

    /// <summary>
    /// Whether the same request can succeed soon. This holds only before the first text, because a stream cannot be
    /// continued.
    /// </summary>
    public bool IsTransient => Fault is ModelFault.Unavailable or ModelFault.Truncated or ModelFault.Empty;
}
