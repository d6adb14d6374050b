using System.Reflection;
using System.Threading.Channels;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Rules.Tests.Chatrooms;

/// <summary>What a room sends to its owner's grain. The test is the owner's grain: it answers each call.</summary>
public sealed class RoomNoticePublisherTests
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeUser _user;
    private readonly RoomNoticePublisher _notices;
    private readonly RoomSummary _room;

    public RoomNoticePublisherTests()
    {
        var key = new RoomKey(Guid.CreateVersion7(), Guid.CreateVersion7());
        _room = new RoomSummary(key.RoomId, "room", _time.GetUtcNow(), _time.GetUtcNow(), Version: 1);
        var user = DispatchProxy.Create<IUserGrain, FakeUser>();
        _user = (FakeUser)(object)user;
        _notices = new RoomNoticePublisher(key, user, new ChatroomServices(
            null!, null!, null!, null!, null!, null!, null!, null!, null!, null!, _time, NullLogger<ChatroomGrain>.Instance));
    }

    [Fact]
    public Task What_is_published_during_a_call_is_sent_together_by_the_next_one() => OnOneScheduler(async () =>
    {
        var first = _notices.Publish(_room, Queued(1));
        var call = await _user.NextCall();
        Assert.Equal([Queued(1)], call.Notices);
        _notices.Publish(Generating(1));
        var second = _notices.Publish(_room with { Version = 2 }, Finished(1));
        var third = _notices.Publish(_room with { Version = 3 }, Queued(2), Queued(3));
        Assert.False(first.IsCompleted);
        call.Return(false);
        await first;

        call = await _user.NextCall();
        Assert.Equal(3, call.Room.Version);
        Assert.Equal([Generating(1), Finished(1), Queued(2), Queued(3)], call.Notices);
        Assert.False(second.IsCompleted || third.IsCompleted);
        call.Return(false);
        await second;
        await third;
        Assert.Equal(2, _user.Calls);
    });

    [Fact]
    public Task While_nobody_follows_a_notice_without_a_change_waits_for_the_next_change() => OnOneScheduler(async () =>
    {
        _notices.Publish(Generating(1));
        var change = _notices.Publish(_room, Queued(2));
        Assert.Equal([Generating(1), Queued(2)], await Answer(isFollowed: false));
        await change;
        _notices.Publish(Generating(2));
        await _notices.StopAsync();
        Assert.Equal(1, _user.Calls);
    });

    [Fact]
    public Task A_follower_gets_what_waits_as_soon_as_a_call_has_found_it() => OnOneScheduler(async () =>
    {
        _ = _notices.Publish(_room, Queued(1));
        _notices.Publish(Generating(1));
        Assert.Equal([Queued(1)], await Answer(isFollowed: true));
        Assert.Equal([Generating(1)], await Answer(isFollowed: true));
        await _notices.StopAsync();
        _notices.Publish(Generating(2));
        Assert.Equal([Generating(2)], await Answer(isFollowed: false));
    });

    [Fact]
    public Task A_failed_call_is_repeated_with_reload_in_place_of_its_notices() => OnOneScheduler(async () =>
    {
        var change = _notices.Publish(_room, Queued(1));
        (await _user.NextCall()).Fail();
        var next = _notices.Publish(_room with { Version = 2 }, Finished(1));
        await AdvanceToNextCall();
        Assert.Equal([new Notice.Reload()], await Answer(isFollowed: true));
        await change;
        Assert.Equal([Finished(1)], await Answer(isFollowed: true));
        await next;
    });

    [Fact]
    public Task After_five_failures_the_next_change_begins_with_reload() => OnOneScheduler(async () =>
    {
        var change = _notices.Publish(_room, Queued(1));
        (await _user.NextCall()).Fail();
        for (var attempt = 2; attempt <= 5; attempt++)
        {
            await AdvanceToNextCall();
            (await _user.NextCall()).Fail();
        }

        await Assert.ThrowsAsync<TimeoutException>(() => change);
        await _notices.StopAsync();
        Assert.Equal(5, _user.Calls);
        _ = _notices.Publish(_room with { Version = 2 }, Finished(1));
        Assert.Equal([new Notice.Reload(), Finished(1)], await Answer(isFollowed: true));
    });

    [Fact]
    public Task When_too_many_notices_wait_reload_takes_their_place() => OnOneScheduler(async () =>
    {
        for (var i = 1; i <= 257; i++)
        {
            _notices.Publish(Generating(i));
        }

        _ = _notices.Publish(_room, Finished(257));
        Assert.Equal([new Notice.Reload(), Generating(257), Finished(257)], await Answer(isFollowed: true));
    });

    [Fact]
    public Task A_room_that_ends_sends_what_waits_once() => OnOneScheduler(async () =>
    {
        _ = _notices.Publish(_room, Queued(1));
        var call = await _user.NextCall();
        var last = _notices.Publish(_room with { Version = 2 }, Finished(1));
        var stopped = _notices.StopAsync();
        call.Fail();
        (await _user.NextCall()).Fail();
        await stopped;
        await Assert.ThrowsAsync<TimeoutException>(() => last);
    });

    private static Notice Generating(long reply) => new Notice.ReplyGenerating(default, reply);

    private static Notice Queued(long reply) => new Notice.ReplyQueued(default, 1, default, reply, 0);

    private static Notice Finished(long reply) => new Notice.ReplyFinished(default, 2, default, reply, MessageStatus.Completed);

    private async Task<ImmutableArray<Notice>> Answer(bool isFollowed)
    {
        var call = await _user.NextCall();
        call.Return(isFollowed);
        return call.Notices;
    }

    /// <summary>Lets the time pass until the failed call is repeated.</summary>
    private async Task AdvanceToNextCall()
    {
        while (!_user.HasCall)
        {
            _time.Advance(RetryDelay);
            await Task.Yield();
        }
    }

    /// <summary>Runs a test as an activation runs: one piece of code at a time.</summary>
    private static Task OnOneScheduler(Func<Task> test) => Task.Factory.StartNew(
        test, TestContext.Current.CancellationToken, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    /// <summary>A call of the owner's grain.</summary>
    private sealed record Call(RoomSummary Room, ImmutableArray<Notice> Notices)
    {
        private readonly TaskCompletionSource<bool> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<bool> Result => _result.Task;

        public void Return(bool isFollowed) => _result.SetResult(isFollowed);

        public void Fail() => _result.SetException(new TimeoutException());
    }

    /// <summary>The owner's grain, which has no other method than the one that rooms call.</summary>
    private class FakeUser : DispatchProxy
    {
        private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

        public int Calls { get; private set; }

        public bool HasCall => _calls.Reader.TryPeek(out _);

        public async Task<Call> NextCall() => await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(IUserGrain.RoomChanged), targetMethod?.Name);
            var call = new Call((RoomSummary)args![0]!, (ImmutableArray<Notice>)args[1]!);
            Calls++;
            _calls.Writer.TryWrite(call);
            return call.Result;
        }
    }
}
