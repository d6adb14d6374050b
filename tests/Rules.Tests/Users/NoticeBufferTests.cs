using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Rules.Tests.Users;

public sealed class NoticeBufferTests
{
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

    [Fact]
    public async Task Readers_learn_of_a_notice()
    {
        var updated = WaitAsync();
        Assert.False(updated.IsCompleted);
        _buffer.Add(new Notice.TierChanged(Tier.Pro));
        await updated.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        async Task WaitAsync() => await _buffer.Updated.WaitAsync(TimeSpan.FromMinutes(1), _time, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_buffer_without_readers_is_idle_after_exactly_a_minute()
    {
        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.False(_buffer.IsIdle);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(_buffer.IsIdle);
        _buffer.AddReader();
        _buffer.AddReader();
        _buffer.RemoveReader();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_buffer.IsIdle);
    }

    private void IsReload(NoticePage page)
    {
        Assert.Equal(_buffer.EndCursor, page.Next);
        Assert.IsType<Notice.Reload>(Assert.Single(page.Notices));
    }
}
