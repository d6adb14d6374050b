namespace GeminiChat.Gateway.Rendering;

/// <summary>A section costs more than its bounds allow: it is shown without formatting.</summary>
internal sealed class RenderingLimitException(string message) : Exception(message);
