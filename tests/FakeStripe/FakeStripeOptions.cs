namespace GeminiChat.Fakes;

/// <summary>How a fake Stripe behaves whatever is asked of it.</summary>
public sealed record FakeStripeOptions
{
    /// <summary>The key to accept.</summary>
    public string Key { get; init; } = FakeStripe.Key;

    /// <summary>The only price that checkouts can be opened for, and that of every item that names no other.</summary>
    public string Price { get; init; } = FakeStripe.Price;

    /// <summary>Whether objects are of live mode.</summary>
    public bool IsLive { get; init; }

    /// <summary>
    /// Whether objects have the shape of before 2025-03-31.basil: periods on the subscription and not on its items,
    /// and the subscription on the invoice itself.
    /// </summary>
    public bool IsBeforeBasil { get; init; }

    /// <summary>The clock of everything: creation, periods, signatures.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
