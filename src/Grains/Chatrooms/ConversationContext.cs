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
        var (asked, messages) = question;
        var newestFirst = new List<ChatMessage> { new(ChatRole.User, asked.Content) };
        var replies = ToldReplies(question);
        var left = budget - Tokens(asked);

        // In the order of the questions: a reply that was asked for anew stands where the first one did.
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (!replies.TryGetValue(messages[i].Id, out var reply))
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

    /// <summary>By the messages that they answer.</summary>
    private static Dictionary<long, RoomMessage> ToldReplies(Question question)
    {
        var replies = new Dictionary<long, RoomMessage>();
        foreach (var message in question.Conversation)
        {
            if (IsTold(message, question.Message))
            {
                replies[message.ReplyTo!.Value] = message;
            }
        }

        return replies;
    }

    private static bool IsTold(RoomMessage message, RoomMessage question) =>
        message.ReplyTo < question.Id
        && message.SupersededBy is null
        && message.Content.Length > 0
        && (message.Status is MessageStatus.Completed or MessageStatus.Stopped
            || (message.Status is MessageStatus.Incomplete && message.Reason == EndReasons.Length));

    private static int Tokens(RoomMessage message) =>
        TokensPerMessage + (Encoding.UTF8.GetByteCount(message.Content) / BytesPerToken);
}
