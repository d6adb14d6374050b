namespace GeminiChat.Gateway.Streams;

/// <summary>How a client says where to read on.</summary>
internal static class LastEvent
{
    public const string Header = "Last-Event-ID";
}
