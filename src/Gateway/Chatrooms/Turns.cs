using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Puts together again what a post answered, for a reader who comes later.</summary>
internal static class Turns
{
    /// <summary>The turn of a reply; null when its message is gone.</summary>
    public static async Task<PostOutcome.Accepted?> Find(IChatroomGrain room, RoomMessage reply, CancellationToken cancellationToken)
    {
        // Twenty turns wait at most, so those ahead are among the messages just before.
        var earlier = await Patient.Ask(
            (room, reply.Id), static call => call.room.Read(Limits.MessagePage, call.Id), cancellationToken);
        if (earlier is null || reply.ReplyTo is not { } questionId)
        {
            return null;
        }

        var question = earlier.Messages.FirstOrDefault(message => message.Id == questionId)
            ?? await Patient.Ask((room, questionId), static call => call.room.ReadMessage(call.questionId), cancellationToken);
        var ahead = reply.Status.IsOpen() ? earlier.Messages.Count(message => message.Status.IsOpen()) : 0;
        return question is null ? null : new PostOutcome.Accepted(question, reply, ahead);
    }
}
