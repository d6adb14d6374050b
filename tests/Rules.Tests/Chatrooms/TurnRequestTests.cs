using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Rules.Tests.Chatrooms;

/// <summary>When a request is a repeat of a stored one with the same key.</summary>
public sealed class TurnRequestTests
{
    private static readonly ReplyOptions Decided = new("model", ThinkingLevel.High);
    private static readonly ReplyOptions Thinking = new(Thinking: ThinkingLevel.High);

    public static TheoryData<ReplyOptions?, ReplyOptions?, bool> Requests => new()
    {
        { Thinking, Thinking, true },
        { Thinking, null, false },
        { Thinking, Decided, false },
        { Decided, Thinking, false },
        { new(), null, true },
        { null, null, true },

        // Earlier versions stored only what was decided.
        { null, Thinking, true },
        { null, Decided, true },
        { null, new(Search: true), false },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_repeat_asks_for_the_same_options(ReplyOptions? stored, ReplyOptions? repeated, bool isRepeat)
    {
        var turn = new StoredTurn(
            new RoomMessage(1, Sender.User, "hello", DateTimeOffset.UnixEpoch, MessageStatus.Completed),
            new RoomMessage(2, Sender.Ai, "", DateTimeOffset.UnixEpoch, MessageStatus.Queued, ReplyTo: 1, Options: Decided, RequestedOptions: stored));

        Assert.Equal(isRepeat, new PostRequest("hello", "key", repeated).Matches(turn));
    }
}
