using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Selects what is sent to the model: the question, and before it as many finished turns of its branch as fit the token budget,
/// newest first.
/// </summary>
/// <remarks>
/// A turn is sent whole or not at all. Only replies that have text and are completed, stopped or cut at the length limit
/// are sent. All other replies are left out together with their questions, because a model refuses a history with empty
/// or refused turns.
/// </remarks>
internal static class ConversationContext
{
    /// <summary>Builds the turns to send. Roles alternate, and a user's message comes first.</summary>
    /// <param name="question">The message to answer, and the conversation before it.</param>
    /// <param name="tokens">Estimates the size of messages.</param>
    /// <param name="budget">The maximum number of tokens, including the question.</param>
    public static List<ChatMessage> Build(Question question, TokenEstimator tokens, int budget)
    {
        var messages = question.Before;
        var newestFirst = new List<ChatMessage>();
        var left = budget - tokens.Estimate(question.Message.Content);
        for (var i = messages.Length - 1; i > 0; i--)
        {
            var (asked, reply) = (messages[i - 1], messages[i]);
            if (reply.ReplyTo != asked.Id || !IsIncluded(reply))
            {
                continue;
            }

            left -= tokens.Estimate(asked.Content) + tokens.Estimate(reply.Content);
            if (left < 0)
            {
                break;
            }

            newestFirst.Add(new ChatMessage(ChatRole.Assistant, reply.Content));
            newestFirst.Add(new ChatMessage(ChatRole.User, asked.Content));
        }

        newestFirst.Reverse();
        return newestFirst;
    }

    private static bool IsIncluded(RoomMessage reply) =>
        VisibleText.HasVisibleCharacter(reply.Content)
        && (reply.Status is MessageStatus.Completed or MessageStatus.Stopped
            || (reply.Status is MessageStatus.Incomplete && reply.Reason == EndReasons.Length));
}
