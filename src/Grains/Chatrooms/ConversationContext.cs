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
    /// <param name="question">The message to answer, and the conversation around it.</param>
    /// <param name="budget">Tokens, the question included.</param>
    public static List<ChatMessage> Build(Question question, int budget)
    {
        var (asked, _, messages) = question;
        var newestFirst = new List<ChatMessage> { new(ChatRole.User, asked.Content) };
        var replies = NewestReplies(question);
        var left = budget - Tokens(asked);

        // In the order of the questions: a reply that was asked for anew stands where the first one did.
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (!replies.TryGetValue(messages[i].Id, out var reply) || !IsTold(reply))
            {
                continue;
            }

            left -= Tokens(messages[i]) + Tokens(reply);
            if (left < 0)
            {
                break;
            }

            newestFirst.Add(new ChatMessage(ChatRole.Assistant, reply.Content));
            newestFirst.Add(new ChatMessage(ChatRole.User, messages[i].Content));
        }

        newestFirst.Reverse();
        return newestFirst;
    }

    /// <summary>
    /// By the messages that they answer, the newest of each from when this one was asked for: one that was asked for
    /// later, and waits behind it, takes nobody's place yet.
    /// </summary>
    private static Dictionary<long, RoomMessage> NewestReplies(Question question)
    {
        var replies = new Dictionary<long, RoomMessage>();
        foreach (var message in question.Conversation)
        {
            if (message.ReplyTo < question.Message.Id && message.Id < question.ReplyId)
            {
                replies[message.ReplyTo.Value] = message;
            }
        }

        return replies;
    }

    private static bool IsTold(RoomMessage reply) =>
        reply.Content.Length > 0
        && (reply.Status is MessageStatus.Completed or MessageStatus.Stopped
            || (reply.Status is MessageStatus.Incomplete && reply.Reason == EndReasons.Length));

    private static int Tokens(RoomMessage message) =>
        TokensPerMessage + (Encoding.UTF8.GetByteCount(message.Content) / BytesPerToken);
}
