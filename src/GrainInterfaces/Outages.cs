namespace GeminiChat.GrainInterfaces;

/// <summary>
/// The database cannot be reached or does not answer; nothing of the request was stored. Trying again later is safe.
/// </summary>
[GenerateSerializer, Alias("geminichat.StoreUnavailable")]
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The database refuses these very values, and always will; nothing was stored.</summary>
[GenerateSerializer, Alias("geminichat.StoreRejected")]
public sealed class StoreRejectedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The database went away during a commit and did not come back in time: what was asked may or may not be stored.
/// Only a request that carries an idempotency key may be repeated.
/// </summary>
[GenerateSerializer, Alias("geminichat.StoreOutcomeUnknown")]
public sealed class StoreOutcomeUnknownException(string message, Exception? inner = null) : Exception(message, inner);
