namespace GeminiChat.Client;

/// <summary>An event of a reply. A reply that fails is thrown as a <see cref="ReplyFailedException"/>.</summary>
public abstract record ReplyEvent
{
    // The nested records are all there are.
    private ReplyEvent()
    {
    }

    /// <summary>The message is stored and will be answered.</summary>
    /// <param name="Message">What the user wrote.</param>
    /// <param name="Reply">The reply to it, as it is now.</param>
    /// <param name="Position">Open turns ahead of it; 0 runs at once.</param>
    public sealed record Accepted(Message Message, Message Reply, int Position) : ReplyEvent;

    /// <summary>The next piece of the model's thinking.</summary>
    public sealed record Thought(string Text) : ReplyEvent;

    /// <summary>The next piece of the reply.</summary>
    public sealed record Token(string Text) : ReplyEvent;

    /// <summary>Forget text and thoughts: they begin anew.</summary>
    public sealed record Reset(int Attempt) : ReplyEvent;

    /// <summary>The whole reply. Its status is <c>completed</c>, <c>stopped</c> or <c>incomplete</c>.</summary>
    public sealed record Done(Message Message) : ReplyEvent;
}

public static class ReplyEventExtensions
{
    /// <summary>Reads to the end, and returns the whole reply.</summary>
    public static async Task<Message> ReadToEndAsync(this IAsyncEnumerable<ReplyEvent> events, CancellationToken cancellationToken = default)
    {
        Message? reply = null;
        await foreach (var item in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            reply = (item as ReplyEvent.Done)?.Message ?? reply;
        }

        return reply ?? throw new InvalidOperationException("The events have no end.");
    }
}
