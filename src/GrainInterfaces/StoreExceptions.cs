namespace GeminiChat.GrainInterfaces;

/// <summary>
/// The database cannot be reached or does not respond. Nothing of the request was stored. A later retry is safe.
/// </summary>
[GenerateSerializer, Alias("geminichat.StoreUnavailable")]
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The database refuses these values. A retry does not help. Nothing was stored.</summary>
[GenerateSerializer, Alias("geminichat.StoreRejected")]
public sealed class StoreRejectedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The connection to the database was lost during a commit and did not return in time. The data may or may not be stored.
/// Only a request with an idempotency key may be repeated.
/// </summary>
[GenerateSerializer, Alias("geminichat.StoreOutcomeUnknown")]
public sealed class StoreOutcomeUnknownException(string message, Exception? inner = null) : Exception(message, inner);
