using System.Diagnostics;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class TurnMetricsTests
{
    [Theory]
    [InlineData("turn", "stopped")]
    [InlineData("IChatroomGrain/Stop", null)]
    public void The_end_of_a_turn_is_recorded_in_the_turns_span_and_not_in_the_stop_calls_span(string name, string? told)
    {
        using var span = new Activity(name).Start();

        TurnMetrics.RecordEnd(new RoomMessage(2, Sender.Ai, "", DateTimeOffset.UnixEpoch, MessageStatus.Stopped));

        Assert.Equal(told, span.GetTagItem("geminichat.turn.outcome"));
    }
}
