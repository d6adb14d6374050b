namespace GeminiChat.Fakes;

/// <summary>A way for a call to go wrong.</summary>
public sealed record StripeFault
{
    private StripeFault()
    {
    }

    /// <summary>What the call waits for, its idempotency key in use meanwhile.</summary>
    internal Func<Task> Gate { get; private init; } = () => Task.CompletedTask;

    /// <summary>An error in place of an answer.</summary>
    internal FakeStripeError? Error { get; private init; }

    /// <summary>Whether the call does what it was asked to, and the answer is kept with the idempotency key.</summary>
    internal bool HasEffect { get; private init; } = true;

    /// <summary>Whether the connection is reset in place of an answer.</summary>
    internal bool IsReset { get; private init; }

    /// <summary>Whether only the first half of the answer's body is sent.</summary>
    internal bool IsTruncated { get; private init; }

    /// <summary>The header that tells a client whether to try again; null for none.</summary>
    internal string? ShouldRetry { get; private init; }

    /// <summary>Too many requests.</summary>
    public static StripeFault RateLimited() =>
        ErrorWithoutEffect(429, "invalid_request_error", "rate_limit");

    /// <summary>An error before anything was done; the idempotency key stays unused.</summary>
    public static StripeFault ErrorWithoutEffect(int status, string type = "api_error", string? code = null, string? param = null) => new()
    {
        HasEffect = false,
        Error = new(status, type, "Fake error.", code, param),
    };

    /// <summary>An error after the work was begun: kept with the idempotency key, and given again to whoever repeats it.</summary>
    public static StripeFault ErrorAfterEffect(int status = 500) => new() { Error = new(status, "api_error", "Fake error.") };

    /// <summary>A connection that is reset before anything was done.</summary>
    public static StripeFault ResetWithoutEffect() => ErrorWithoutEffect(500) with { IsReset = true };

    /// <summary>A connection that is reset when all is done, and the answer lost.</summary>
    public static StripeFault ResetAfterEffect() => new() { IsReset = true };

    /// <summary>A slow answer: it comes when the task is done that is asked for once the idempotency key is in use.</summary>
    public static StripeFault DelayedUntil(Func<Task> until) => new() { Gate = until };

    /// <summary>No answer at all, and the idempotency key in use for ever.</summary>
    public static StripeFault NoResponse() => DelayedUntil(() => new TaskCompletionSource().Task);

    /// <summary>An answer whose connection is reset in its midst.</summary>
    public static StripeFault TruncatedConnection() => new() { IsTruncated = true, IsReset = true };

    /// <summary>An answer that ends well and is half a JSON object.</summary>
    public static StripeFault TruncatedJson() => new() { IsTruncated = true };

    /// <summary>The same, with the advice to try again or not to.</summary>
    public StripeFault WithShouldRetry(bool retry) => this with { ShouldRetry = retry ? "true" : "false" };
}
