namespace GeminiChat.Migrator;

/// <summary>Data cannot be moved. The message is one line, written for the operator.</summary>
internal sealed class MigrationRefusedException(string message, Exception? inner = null) : Exception(message, inner);
