using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Tests.Users;

public sealed class NoticeFeedTests
{
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(2);

    private readonly ShiftedTime _time = new();
    private readonly NoticeFeed _feed;
    private readonly RoomSummary _room;

    public NoticeFeedTests()
    {
        _feed = new NoticeFeed(_time);
        _room = new RoomSummary(Guid.CreateVersion7(), "room", _time.GetUtcNow(), _time.GetUtcNow(), Version: 5);
    }

    [Fact]
    public void Each_cursor_reads_what_came_after_it_as_long_as_it_is_kept()
    {
        var start = _feed.End;
        for (var i = 0; i < 512; i++)
        {
            _feed.Add(new Notice.ReplyGenerating(_room.Id, i));
        }

        Assert.Equal(512, _feed.Read(start)!.Notices.Length);
        Assert.Equal([new Notice.ReplyGenerating(_room.Id, 511)], _feed.Read(start with { Number = 511 })!.Notices);
        Assert.Null(_feed.Read(_feed.End));

        _feed.Add(new Notice.ReplyGenerating(_room.Id, 512));
        IsReload(_feed.Read(start)!);
        Assert.Equal(512, _feed.Read(start with { Number = 1 })!.Notices.Length);
    }

    [Fact]
    public void A_cursor_that_fits_nothing_is_told_to_reload_and_go_on_from_the_end()
    {
        _feed.Add(new Notice.TierChanged(Tier.Pro));
        IsReload(_feed.Read(_feed.End with { Number = 2 })!);
        IsReload(_feed.Read(_feed.End with { Number = -1 })!);
        IsReload(_feed.Read(new NoticeFeed(_time).End)!);
        IsReload(_feed.Read(NoticeCursor.Nowhere)!);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    public void A_change_is_lost_unless_a_notice_of_it_or_of_a_later_one_comes(long version, bool isLost)
    {
        var start = _feed.End;
        _feed.Expect(_room);
        _feed.Add(new Notice.RoomRenamed(_room with { Version = version }));
        _time.Advance(LostAfter);
        Assert.Equal(isLost, _feed.Read(start)!.Notices.Contains(new Notice.Reload()));
    }

    [Fact]
    public void A_change_that_was_told_before_it_was_announced_is_not_lost()
    {
        _feed.Add(new Notice.ReplyFinished(_room.Id, _room.Version, _room.UpdatedAt, 2, MessageStatus.Completed));
        _feed.Expect(_room);
        _time.Advance(LostAfter);
        Assert.Null(_feed.Read(_feed.End));
    }

    [Fact]
    public void A_loss_is_told_once()
    {
        _feed.Expect(_room);
        _time.Advance(LostAfter);
        var before = _feed.End;
        Assert.IsType<Notice.Reload>(Assert.Single(_feed.Read(before)!.Notices));
        Assert.Null(_feed.Read(_feed.End));
    }

    [Fact]
    public void A_room_that_is_gone_is_not_waited_for()
    {
        _feed.Expect(_room);
        _feed.Add(new Notice.RoomDeleted(_room.Id));
        _feed.Expect(_room with { Version = 9 });
        _time.Advance(LostAfter);
        Assert.Null(_feed.Read(_feed.End));
    }

    [Fact]
    public void It_is_kept_while_somebody_reads_and_a_minute_longer()
    {
        _feed.Enter();
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(_feed.IsAbandoned);
        _feed.Leave();
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(_feed.IsAbandoned);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_feed.IsAbandoned);
    }

    private void IsReload(NoticePage page)
    {
        Assert.Equal(_feed.End, page.Next);
        Assert.IsType<Notice.Reload>(Assert.Single(page.Notices));
    }
}
