namespace GeminiChat.Silo.Store;

/// <summary>The store cannot be used by this process. The message is one line, written for the operator.</summary>
internal sealed class StoreStartException(string message, Exception? inner = null) : Exception(message, inner);
