using System.Collections.Concurrent;

namespace GeminiChat.Fakes;

/// <summary>An answer, whole.</summary>
internal sealed record FakeStripeResponse(int Status, string Body);

/// <summary>The idempotency keys in use and used, with the answers that belong to them.</summary>
internal sealed class IdempotencyKeyStore
{
    private readonly ConcurrentDictionary<string, Use> _uses = new(StringComparer.Ordinal);

    /// <summary>Takes a key for a call.</summary>
    /// <returns>The stored answer to give again; null when the call is to be made, and told of afterwards.</returns>
    /// <exception cref="FakeStripeError">The key is in use, or was used for another call.</exception>
    public FakeStripeResponse? ClaimOrGetAnswer(string key, StripeCall call)
    {
        var request = $"{call.Method} {call.Path}\n{call.Form}";
        var mine = new Use(request);
        var use = _uses.GetOrAdd(key, mine);
        return ReferenceEquals(use, mine) ? null
            : use.Request != request ? throw new FakeStripeError(
                400,
                "idempotency_error",
                $"Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{key}' if you meant to execute a different request.")
            : use.Answer ?? throw new FakeStripeError(
                409,
                "idempotency_error",
                $"There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): {key}. Please try again later.",
                "idempotency_key_in_use");
    }

    /// <summary>Keeps the answer that a key's call was given.</summary>
    public void StoreAnswer(string key, FakeStripeResponse answer) => _uses[key] = _uses[key] with { Answer = answer };

    /// <summary>Gives a key back: nothing was done.</summary>
    public void Release(string key) => _uses.TryRemove(key, out _);

    private sealed record Use(string Request, FakeStripeResponse? Answer = null);
}
