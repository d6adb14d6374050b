namespace GeminiChat.Silo.Moving;

/// <summary>Data cannot be moved. The message is one line, written for the operator.</summary>
internal sealed class MoveRefusedException(string message, Exception? inner = null) : Exception(message, inner);
