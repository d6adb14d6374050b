using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Selects what is sent to the model: the question, and before it as many finished turns as fit the token budget, newest
/// first.
/// </summary>
/// <remarks>
/// A turn is sent whole or not at all. Only replies that have text and are completed, stopped or cut at the length limit
/// are sent. All other replies are left out together with their questions, because a model refuses a history with empty
/// or refused turns.
/// </remarks>
internal static class ConversationContext
{
    /// <summary>Builds the turns to send. Roles alternate, and a user's message comes first.</summary>
    /// <param name="question">The message to answer, and the conversation around it.</param>
    /// <param name="tokens">Estimates the size of messages.</param>
    /// <param name="budget">The maximum number of tokens, including the question.</param>
    public static List<ChatMessage> Build(Question question, TokenEstimator tokens, int budget)
    {
        var messages = question.Conversation;
        var newestFirst = new List<ChatMessage>();
        var replies = FindNewestReplies(question);
        var left = budget - tokens.Estimate(question.Message.Content);

        // The order is that of the questions: a regenerated reply takes the place of the first one.
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
    /// Maps each message to its newest reply at the time when this reply was requested. A regenerate that was requested
    /// later still waits behind this turn, so its reply does not replace another one yet.
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
