namespace GeminiChat.Client;

/// <summary>The service, and how often a failed request is repeated.</summary>
public sealed class GeminiChatOptions
{
    /// <summary>The address of the service, such as <c>https://chat.example.com</c>.</summary>
    public Uri? BaseAddress { get; set; }

    /// <summary>How many repeats of a request may fail one after the other; of a stream, twice as many.</summary>
    public int RetryAttempts { get; set; } = 6;

    /// <summary>The wait before the first repeat. It doubles with each further one, up to eight seconds.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);
}
