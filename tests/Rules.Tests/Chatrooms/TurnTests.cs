using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Rules.Tests.Chatrooms;

/// <summary>What readers of a running turn get, and when.</summary>
public sealed class TurnTests
{
    private static readonly ReplyCursor Start = new(1, 0);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_first_text_is_visible_at_once()
    {
        var turn = NewTurn();

        turn.Append(ReplyPartKind.Text, "one ");

        Assert.Equal("one ", turn.Read(Start, out _)?.Text);
    }

    [Fact]
    public void A_burst_of_chunks_is_one_update()
    {
        var turn = NewTurn();
        turn.Append(ReplyPartKind.Text, "one ");
        var first = turn.Read(Start, out _)!.Next;
        turn.Append(ReplyPartKind.Text, "two ");
        turn.Append(ReplyPartKind.Text, "three ");

        Assert.Null(turn.Read(first, out var updated));
        Assert.False(updated.IsCompleted);

        _time.Advance(Turn.UpdateInterval);

        Assert.True(updated.IsCompleted);
        Assert.Equal("two three ", turn.Read(first, out _)?.Text);
    }

    [Fact]
    public void A_reader_that_waits_before_the_burst_gets_the_rest_of_it()
    {
        var turn = NewTurn();
        turn.Append(ReplyPartKind.Text, "one ");
        var first = turn.Read(Start, out _)!.Next;
        Assert.Null(turn.Read(first, out var updated));

        turn.Append(ReplyPartKind.Text, "two ");
        Assert.False(updated.IsCompleted);
        _time.Advance(Turn.UpdateInterval);

        Assert.True(updated.IsCompleted);
        Assert.Equal("two ", turn.Read(first, out _)?.Text);
    }

    [Fact]
    public void Text_after_a_pause_is_visible_at_once()
    {
        var turn = NewTurn();
        turn.Append(ReplyPartKind.Text, "one ");
        var first = turn.Read(Start, out _)!.Next;
        Assert.Null(turn.Read(first, out var updated));
        _time.Advance(Turn.UpdateInterval);

        turn.Append(ReplyPartKind.Text, "two ");

        Assert.True(updated.IsCompleted);
        Assert.Equal("two ", turn.Read(first, out _)?.Text);
    }

    [Fact]
    public void The_end_is_visible_at_once_with_all_text()
    {
        var turn = NewTurn();
        turn.Append(ReplyPartKind.Text, "one ");
        var first = turn.Read(Start, out _)!.Next;
        turn.Append(ReplyPartKind.Text, "two");
        Assert.Null(turn.Read(first, out var updated));
        var end = turn.GetCurrent() with { Status = MessageStatus.Completed };

        turn.Complete(end);

        Assert.True(updated.IsCompleted);
        var progress = turn.Read(first, out _);
        Assert.Equal(("two", end), (progress?.Text, progress?.FinishedReply));
    }

    [Fact]
    public void A_cursor_in_text_that_is_not_visible_yet_waits_and_is_no_reset()
    {
        var turn = NewTurn();
        turn.Append(ReplyPartKind.Text, "one ");
        turn.Append(ReplyPartKind.Text, "two ");
        var inside = new ReplyCursor(1, "one two ".Length);

        Assert.Null(turn.Read(inside, out _));
        _time.Advance(Turn.UpdateInterval);
        Assert.Null(turn.Read(inside, out _));
        _time.Advance(Turn.UpdateInterval);
        turn.Append(ReplyPartKind.Text, "three");

        Assert.Equal((false, "three"), turn.Read(inside, out _) is { } progress ? (progress.IsReset, progress.Text) : default);
    }

    [Fact]
    public void The_clock_may_go_on_between_two_looks_at_it()
    {
        var turn = NewTurn(time: new SlowProcess());
        turn.Append(ReplyPartKind.Text, "one ");
        var first = turn.Read(Start, out _)!.Next;
        Assert.Null(turn.Read(first, out var updated));

        for (var i = 0; i < 10; i++)
        {
            turn.Append(ReplyPartKind.Text, "more ");
        }

        Assert.True(updated.IsCompleted);
    }

    [Fact]
    public async Task A_reader_of_a_turn_that_is_given_up_learns_it()
    {
        var turn = NewTurn();
        var reading = turn.ReadAsync(Start, TestContext.Current.CancellationToken);

        turn.Abandon(new InvalidOperationException("given up"));

        Assert.Null(await reading);
    }

    [Fact]
    public void A_turn_of_another_activation_has_no_text_before_its_next_attempt()
    {
        var turn = NewTurn(isOwned: false);

        Assert.Null(turn.Read(new ReplyCursor(0, 0), out var updated));
        turn.StartAttempt(2);

        Assert.True(updated.IsCompleted);
        Assert.True(turn.Read(Start, out _)?.IsReset);
    }

    private Turn NewTurn(bool isOwned = true, TimeProvider? time = null)
    {
        var reply = new RoomMessage(2, Sender.Ai, "", _time.GetUtcNow(), MessageStatus.Queued, ReplyTo: 1, Attempt: 1);
        return new Turn(reply, isOwned, tier: null, maxAnswerBytes: 1000, time ?? _time);
    }

    /// <summary>A process that gets little time: seven milliseconds pass between two looks at the clock.</summary>
    private sealed class SlowProcess : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _now += 7;
    }
}
