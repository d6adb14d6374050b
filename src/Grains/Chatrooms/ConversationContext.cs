using System.Text;
using GeminiChat.GrainInterfaces.Chatrooms;
using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// What the model is told of the conversation: the question, and before it as many finished turns as fit a budget of
/// tokens, newest first.
/// </summary>
/// <remarks>
/// A turn is told whole or not at all. Told are replies that are completed, stopped, or cut at the length limit, and
/// have text; all others are left out with their questions, since a model refuses histories with empty or refused
/// turns.
/// </remarks>
internal static class ConversationContext
{
    // What a token weighs in the languages that the model is mostly used in; an estimate is enough for a budget.
    private const int BytesPerToken = 4;
    private const int TokensPerMessage = 4;

    /// <summary>Builds the messages to send: roles alternate, and the last one is the question.</summary>
    /// <param name="messages">The conversation in the order of ids.</param>
    /// <param name="question">The message to answer.</param>
    /// <param name="budget">Tokens, the question included.</param>
    public static List<ChatMessage> Build(IReadOnlyList<RoomMessage> messages, RoomMessage question, int budget)
    {
        var newestFirst = new List<ChatMessage> { new(ChatRole.User, question.Content) };
        var left = budget - Tokens(question);

        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (!IsTold(messages[i], question) || QuestionOf(messages, i) is not { } asked)
            {
                continue;
            }

            left -= Tokens(asked) + Tokens(messages[i]);
            if (left < 0)
            {
                break;
            }

            newestFirst.Add(new ChatMessage(ChatRole.Assistant, messages[i].Content));
            newestFirst.Add(new ChatMessage(ChatRole.User, asked.Content));
        }

        newestFirst.Reverse();
        return newestFirst;
    }

    private static bool IsTold(RoomMessage message, RoomMessage question) =>
        message.ReplyTo < question.Id
        && message.SupersededBy is null
        && message.Content.Length > 0
        && (message.Status is MessageStatus.Completed or MessageStatus.Stopped
            || (message.Status is MessageStatus.Incomplete && message.Reason == EndReasons.Length));

    private static RoomMessage? QuestionOf(IReadOnlyList<RoomMessage> messages, int reply)
    {
        // Usually the message just before it.
        for (var i = reply - 1; i >= 0; i--)
        {
            if (messages[i].Id == messages[reply].ReplyTo)
            {
                return messages[i];
            }
        }

        return null;
    }

    private static int Tokens(RoomMessage message) =>
        TokensPerMessage + (Encoding.UTF8.GetByteCount(message.Content) / BytesPerToken);
}
