using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Answers without a model, and says so. It streams like a model, so that the rest of the service can be tried without a key.
/// </summary>
internal sealed class OfflineAssistant(TimeProvider time) : IChatClient
{
    private const string Name = "offline-assistant";
    private const int MaxQuoteLength = 80;
    private static readonly TimeSpan WordDelay = TimeSpan.FromMilliseconds(20);
    private readonly ChatClientMetadata _metadata = new(Name, providerUri: null, Name);

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        foreach (var word in Words(Answer([.. messages])))
        {
            await Task.Delay(WordDelay, time, cancellationToken);
            yield return Update(id, word);
        }

        var last = Update(id, text: null);
        last.FinishReason = ChatFinishReason.Stop;
        yield return last;
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    public void Dispose()
    {
        // There is nothing to dispose.
    }

    private static string Answer(List<ChatMessage> messages)
    {
        var said = messages.FindAll(message => message.Role != ChatRole.System);
        var last = said.FindLast(message => message.Role == ChatRole.User)?.Text ?? string.Empty;
        return $"""
            I am the built-in offline assistant, not Gemini: no GEMINI_API_KEY is set. Set it in the environment or in a .env file and start again to get real answers.

            You wrote: “{Quote(last)}” {Count(said.Count)}
            """;
    }

    private static string Count(int messages) => messages == 1
        ? "That is the first message of our conversation."
        : $"Our conversation has {messages} messages so far.";

    private static string Quote(string text)
    {
        if (text.Length <= MaxQuoteLength)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[MaxQuoteLength - 1]) ? MaxQuoteLength - 1 : MaxQuoteLength;
        return text[..end] + "…";
    }

    // Each word includes its leading space, so the joined words are the text.
    private static IEnumerable<string> Words(string text)
    {
        var start = 0;
        for (var space = text.IndexOf(' ', 1); space >= 0; space = text.IndexOf(' ', space + 1))
        {
            yield return text[start..space];
            start = space;
        }

        yield return text[start..];
    }

    private static ChatResponseUpdate Update(string id, string? text) => new(ChatRole.Assistant, text)
    {
        ResponseId = id,
        MessageId = id,
        ModelId = Name,
    };
}
