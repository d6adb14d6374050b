using System.Text;
using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Model;

/// <summary>The prompt for the model: a history and a question. The history is shortened when the prompt is too long.</summary>
/// <param name="history">Whole turns, oldest first. User messages and replies alternate.</param>
/// <param name="question">The message to answer.</param>
/// <param name="options">The model, and the instructions to it.</param>
internal sealed class ModelPrompt(IReadOnlyList<ChatMessage> history, ChatMessage question, ChatOptions options)
{
    private const int MessagesPerTurn = 2;
    private const int MaxHalvings = 2;

    private IReadOnlyList<ChatMessage> _history = history;
    private int _halvings;

    /// <summary>How many of the oldest turns <see cref="TryShorten"/> has dropped.</summary>
    public int DroppedTurns { get; private set; }

    public ChatOptions Options => options;

    /// <summary>All messages, the question last.</summary>
    public IReadOnlyList<ChatMessage> Messages => [.. _history, question];

    /// <summary>
    /// Drops the oldest turns. The first two calls keep at most half of the history's bytes. The third call drops the
    /// whole history.
    /// </summary>
    /// <returns>False when there is no history left to drop.</returns>
    public bool TryShorten()
    {
        if (_history.Count == 0)
        {
            return false;
        }

        var left = _halvings++ < MaxHalvings ? _history.Sum(Size) / 2 : 0;
        var first = _history.Count;
        while (first > 0 && SizeOfTurnBefore(first) <= left)
        {
            left -= SizeOfTurnBefore(first);
            first -= MessagesPerTurn;
        }

        _history = [.. _history.Skip(first)];
        DroppedTurns += first / MessagesPerTurn;
        return true;
    }

    /// <summary>Replaces the parts of replies by their text.</summary>
    /// <returns>False when there are no parts.</returns>
    public bool TryRemoveSignatures()
    {
        if (!_history.Any(HasParts))
        {
            return false;
        }

        _history = [.. _history.Select(message => HasParts(message) ? new ChatMessage(message.Role, message.Text) : message)];
        return true;
    }

    private static bool HasParts(ChatMessage message) => message.Role == ChatRole.Assistant && message.Contents is not [TextContent { AdditionalProperties: null }];

    private long SizeOfTurnBefore(int message) => Size(_history[message - 1]) + Size(_history[message - 2]);

    private static long Size(ChatMessage message) => Encoding.UTF8.GetByteCount(message.Text);
}
