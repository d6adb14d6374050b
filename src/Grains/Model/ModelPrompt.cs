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

    public ChatOptions Options => options;

    /// <summary>All messages, the question last.</summary>
    public IReadOnlyList<ChatMessage> Messages => [.. _history, question];

    /// <summary>UTF-8 bytes of all texts, the instructions included.</summary>
    public long Bytes => Messages.Sum(Size) + Encoding.UTF8.GetByteCount(options.Instructions ?? "");

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
        return true;
    }

    private long SizeOfTurnBefore(int message) => Size(_history[message - 1]) + Size(_history[message - 2]);

    private static long Size(ChatMessage message) => Encoding.UTF8.GetByteCount(message.Text);
}
