namespace GeminiChat.Gateway.Rendering;

/// <summary>A section costs more than its bounds allow: it is shown without formatting.</summary>
internal sealed class RenderingLimitException(string message) : Exception(message)
{
    /// <summary>Whether a bound was met: one of ours, or Markdig's own on nesting, which is an <see cref="ArgumentException"/>.</summary>
    public static bool Is(Exception exception) => exception is RenderingLimitException or ArgumentException;
}
