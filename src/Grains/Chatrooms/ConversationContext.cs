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
    /// <summary>The turns to send before the question: roles alternate, a user's message comes first.</summary>
    /// <param name="question">The message to answer, and the conversation around it.</param>
    /// <param name="tokens">Estimates the size of messages.</param>
    /// <param name="budget">Tokens, the question included.</param>
    public static List<ChatMessage> Build(Question question, TokenEstimator tokens, int budget)
    {
        var messages = question.Conversation;
        var newestFirst = new List<ChatMessage>();
        var replies = FindNewestReplies(question);
        var left = budget - tokens.Estimate(question.Message.Content);

        // In the order of the questions: a reply that was asked for anew stands where the first one did.
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (!replies.TryGetValue(messages[i].Id, out var reply) || !IsIncluded(reply))
            {
                continue;
            }

            left -= tokens.Estimate(messages[i].Content) + tokens.Estimate(reply.Content);
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
    private static Dictionary<long, RoomMessage> FindNewestReplies(Question question)
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

    private static bool IsIncluded(RoomMessage reply) =>
        VisibleText.HasVisibleCharacter(reply.Content)
        && (reply.Status is MessageStatus.Completed or MessageStatus.Stopped
            || (reply.Status is MessageStatus.Incomplete && reply.Reason == EndReasons.Length));
}
