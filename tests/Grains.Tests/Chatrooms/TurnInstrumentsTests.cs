using System.Diagnostics;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class TurnInstrumentsTests
{
    [Theory]
    [InlineData("turn", "stopped")]
    [InlineData("IChatroomGrain/Stop", null)]
    public void A_turn_s_end_is_told_in_its_own_span_and_not_in_that_of_the_call_that_stops_it(string name, string? told)
    {
        using var span = new Activity(name).Start();

        TurnInstruments.Ended(new RoomMessage(2, Sender.Ai, "", DateTimeOffset.UnixEpoch, MessageStatus.Stopped));

        Assert.Equal(told, span.GetTagItem("geminichat.turn.outcome"));
    }
}
