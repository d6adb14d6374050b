using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Answers those of a room's requests that need no commit, and gives back the others.</summary>
internal sealed class Screening(Room room, IRoomStore store)
{
    /// <summary>
    /// Refuses another reply to a message that is owed one. Of two such requests at once the second one waits until it
    /// is known what became of the first.
    /// </summary>
    public async Task<(IReadOnlyList<PendingTurn> Free, IReadOnlyList<PendingTurn> Later)> WithoutOwed(
        IReadOnlyList<PendingTurn> batch)
    {
        var (free, later) = (new List<PendingTurn>(batch.Count), new List<PendingTurn>());
        var questions = new HashSet<long>();
        foreach (var pending in batch)
        {
            if (pending.Request is not RegenerateRequest { Question.Id: var question })
            {
                free.Add(pending);
            }
            else if (!room.OwesReplyTo(question))
            {
                (questions.Add(question) ? free : later).Add(pending);
            }
            else if ((await WithoutRepeats([pending])).Count > 0)
            {
                pending.Answer(new PostOutcome.ReplyOpen());
            }
        }

        return (free, later);
    }

    /// <summary>Answers those whose key is stored: by the turn that it was accepted for.</summary>
    public async Task<IReadOnlyList<PendingTurn>> WithoutRepeats(IReadOnlyList<PendingTurn> batch)
    {
        var fresh = new List<PendingTurn>();
        foreach (var pending in batch)
        {
            if (await store.FindTurn(room.Key, pending.Request.Key) is { } stored)
            {
                pending.Answer(room.Repeat(stored, pending.Request));
            }
            else
            {
                fresh.Add(pending);
            }
        }

        return fresh;
    }
}
