using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class SharingTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    private IShareGrain Shares => cluster.Grains.Shares();

    [Fact]
    public async Task A_share_ends_at_the_newest_message_of_its_moment()
    {
        await using var test = await cluster.NewRoom("The sky");
        await test.PostAndAnswer("why", "because");
        var request = NewShare();
        var share = Assert.IsType<CreateShareOutcome.Created>(await Shares.Create(test.Key, request)).Share;
        await test.PostAndAnswer("and", "more");

        Assert.Equal((2, "The sky"), (share.LastId, share.Name));
        Assert.Equal(share, await Shares.Find(request.TokenHash));
        Assert.Equal([share], await Shares.List(test.Key));
    }

    [Fact]
    public async Task A_repeat_gets_the_share_that_exists_whatever_has_happened_since()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("why", "because");
        var request = NewShare(expiresAt: cluster.Time.GetUtcNow().AddYears(1));
        var first = await Shares.Create(test.Key, request);
        await test.Post("and");

        Assert.Equal(first, await Shares.Create(test.Key, request));
        Assert.IsType<CreateShareOutcome.KeyReused>(await Shares.Create(test.Key, request with { ExpiresAt = null }));
        Assert.IsType<CreateShareOutcome.ReplyPending>(await Shares.Create(test.Key, NewShare()));

        Assert.True(await Shares.End(test.Key, request.Id));
        Assert.IsType<CreateShareOutcome.Ended>(await Shares.Create(test.Key, request));
        Assert.Null(await Shares.Find(request.TokenHash));
    }

    [Fact]
    public async Task Another_user_does_not_get_a_share_by_its_id()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("why", "because");
        var request = NewShare();
        await Shares.Create(test.Key, request);

        Assert.IsType<CreateShareOutcome.RoomAbsent>(await Shares.Create(test.Key with { UserId = Guid.CreateVersion7() }, request));
    }

    [Fact]
    public async Task A_share_that_would_have_ended_before_it_begins_is_not_made_but_a_repeat_is_answered()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("why", "because");
        var request = NewShare(expiresAt: cluster.Time.GetUtcNow().AddMinutes(1));
        await Shares.Create(test.Key, request);
        cluster.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.IsType<CreateShareOutcome.Ended>(await Shares.Create(test.Key, request));
        Assert.IsType<CreateShareOutcome.AlreadyExpired>(await Shares.Create(test.Key, NewShare(request.ExpiresAt)));
    }

    [Fact]
    public async Task Calls_with_the_same_id_at_once_make_one_share()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("why", "because");
        var request = NewShare();

        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Shares.Create(test.Key, request)));
        Assert.All(all, outcome => Assert.Equal(all[0], outcome));
        Assert.Single((await Shares.List(test.Key))!.Value);
    }

    [Fact]
    public async Task An_empty_or_absent_room_cannot_be_shared()
    {
        await using var test = await cluster.NewRoom();
        Assert.IsType<CreateShareOutcome.RoomEmpty>(await Shares.Create(test.Key, NewShare()));
        var other = test.Key with { UserId = Guid.CreateVersion7() };
        Assert.IsType<CreateShareOutcome.RoomAbsent>(await Shares.Create(other, NewShare()));
        Assert.Null(await Shares.List(other));
        await cluster.WaitForDeactivation(cluster.Grains.Chatroom(other));
    }

    [Fact]
    public async Task A_room_may_have_a_hundred_shares()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("why", "because");
        var all = await Task.WhenAll(Enumerable.Range(0, IShareGrain.MaxShares + 5).Select(_ => Shares.Create(test.Key, NewShare())));
        Assert.Equal(IShareGrain.MaxShares, all.OfType<CreateShareOutcome.Created>().Count());
        Assert.Equal(5, all.OfType<CreateShareOutcome.TooManyShares>().Count());
    }

    [Fact]
    public async Task The_deletion_of_the_room_ends_its_shares()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("why", "because");
        var request = NewShare();
        await Shares.Create(test.Key, request);

        Assert.True(await test.Room.Delete());
        Assert.Null(await Shares.Find(request.TokenHash));
        Assert.IsType<CreateShareOutcome.RoomAbsent>(await Shares.Create(test.Key, request));
    }

    private static DateTimeOffset ToMillisecond(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private NewShare NewShare(DateTimeOffset? expiresAt = null)
    {
        var id = Guid.CreateVersion7();
        return new NewShare(
            id, $"hash of {id}", ToMillisecond(cluster.Time.GetUtcNow()), expiresAt is { } time ? ToMillisecond(time) : null);
    }
}
