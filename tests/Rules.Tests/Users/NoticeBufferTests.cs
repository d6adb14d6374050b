using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Rules.Tests.Users;

public sealed class NoticeBufferTests
{
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider _time = new();
    private readonly NoticeBuffer _buffer;
    private readonly RoomSummary _room;

    public NoticeBufferTests()
    {
        _buffer = new NoticeBuffer(_time);
        _room = new RoomSummary(Guid.CreateVersion7(), "room", _time.GetUtcNow(), _time.GetUtcNow(), Version: 5);
    }

    [Fact]
    public void Each_cursor_reads_what_came_after_it_as_long_as_it_is_kept()
    {
        var start = _buffer.EndCursor;
        for (var i = 0; i < 512; i++)
        {
            _buffer.Add(new Notice.ReplyGenerating(_room.Id, i));
        }

        Assert.Equal(512, _buffer.Read(start)!.Notices.Length);
        Assert.Equal([new Notice.ReplyGenerating(_room.Id, 511)], _buffer.Read(start with { Number = 511 })!.Notices);
        Assert.Null(_buffer.Read(_buffer.EndCursor));

        _buffer.Add(new Notice.ReplyGenerating(_room.Id, 512));
        IsReload(_buffer.Read(start)!);
        Assert.Equal(512, _buffer.Read(start with { Number = 1 })!.Notices.Length);
    }

    [Fact]
    public void A_cursor_that_fits_nothing_is_told_to_reload_and_go_on_from_the_end()
    {
        _buffer.Add(new Notice.TierChanged(Tier.Pro));
        IsReload(_buffer.Read(_buffer.EndCursor with { Number = 2 })!);
        IsReload(_buffer.Read(_buffer.EndCursor with { Number = -1 })!);
        IsReload(_buffer.Read(new NoticeBuffer(_time).EndCursor)!);
        IsReload(_buffer.Read(NoticeCursor.Invalid)!);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    public void A_change_is_lost_unless_a_notice_of_it_or_of_a_later_one_comes(long version, bool isLost)
    {
        var start = _buffer.EndCursor;
        _buffer.Expect(_room);
        _buffer.Add(new Notice.RoomRenamed(_room with { Version = version }));
        _time.Advance(LostAfter);
        Assert.Equal(isLost, _buffer.Read(start)!.Notices.Contains(new Notice.Reload()));
    }

    [Fact]
    public void A_change_that_was_told_before_it_was_announced_is_not_lost()
    {
        _buffer.Add(new Notice.ReplyFinished(_room.Id, _room.Version, _room.UpdatedAt, 2, MessageStatus.Completed));
        _buffer.Expect(_room);
        _time.Advance(LostAfter);
        Assert.Null(_buffer.Read(_buffer.EndCursor));
    }

    [Fact]
    public void A_loss_is_told_once()
    {
        _buffer.Expect(_room);
        _time.Advance(LostAfter);
        var before = _buffer.EndCursor;
        Assert.IsType<Notice.Reload>(Assert.Single(_buffer.Read(before)!.Notices));
        Assert.Null(_buffer.Read(_buffer.EndCursor));
    }

    [Fact]
    public void A_room_that_is_gone_is_not_waited_for()
    {
        _buffer.Expect(_room);
        _buffer.Add(new Notice.RoomDeleted(_room.Id));
        _buffer.Expect(_room with { Version = 9 });
        _time.Advance(LostAfter);
        Assert.Null(_buffer.Read(_buffer.EndCursor));
    }

    [Fact]
    public void It_is_kept_while_somebody_reads_and_a_minute_longer()
    {
        _buffer.AddReader();
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(_buffer.IsIdle);
        _buffer.RemoveReader();
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(_buffer.IsIdle);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_buffer.IsIdle);
    }

    private void IsReload(NoticePage page)
    {
        Assert.Equal(_buffer.EndCursor, page.Next);
        Assert.IsType<Notice.Reload>(Assert.Single(page.Notices));
    }
}
