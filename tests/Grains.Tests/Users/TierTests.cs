using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

public sealed class TierTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    public static TheoryData<string> Unknowns => new("stored", "not stored");

    [Fact]
    public async Task A_tier_applies_when_the_call_returns_and_after_a_restart()
    {
        var user = await NewUser();
        Assert.Equal(Tier.Basic, await TierOf(user));

        await user.SetTier(new TierGrant(Tier.Pro, ValidUntil: null, Version: 1));
        Assert.Equal(Tier.Pro, await TierOf(user));

        await cluster.Deactivate(user);
        Assert.Equal(Tier.Pro, await TierOf(user));
    }

    [Fact]
    public async Task A_tier_with_an_older_or_equal_version_is_ignored()
    {
        var user = await NewUser();
        await user.SetTier(new TierGrant(Tier.Pro, ValidUntil: null, Version: 5));
        await user.SetTier(new TierGrant(Tier.Basic, ValidUntil: null, Version: 4));
        await user.SetTier(new TierGrant(Tier.Basic, ValidUntil: null, Version: 5));
        Assert.Equal(Tier.Pro, await TierOf(user));

        await user.SetTier(new TierGrant(Tier.Basic, ValidUntil: null, Version: 6));
        Assert.Equal(Tier.Basic, await TierOf(user));
    }

    [Fact]
    public async Task A_tier_expires_at_its_end_time()
    {
        var user = await NewUser();
        await user.SetTier(new TierGrant(Tier.Pro, cluster.Time.GetUtcNow().AddDays(3), Version: 1));
        Assert.Equal(Tier.Pro, await TierOf(user));

        cluster.Time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(Tier.Basic, await TierOf(user));
    }

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task Setting_a_tier_with_unknown_outcome_can_be_repeated(string kind)
    {
        var user = await NewUser();
        cluster.UserStoreFaults.NextSetTier = kind == "stored" ? FaultInjectingRoomStore.StoredWithUnknownOutcome : FaultInjectingRoomStore.NotStoredWithUnknownOutcome;
        var grant = new TierGrant(Tier.Pro, ValidUntil: null, Version: 1);
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => user.SetTier(grant));

        await user.SetTier(grant);
        Assert.Equal(Tier.Pro, await TierOf(user));
        await cluster.Deactivate(user);
        Assert.Equal(Tier.Pro, await TierOf(user));
    }

    [Fact]
    public async Task A_user_who_does_not_exist_gets_no_tier_and_has_no_usage()
    {
        var nobody = cluster.Grains.User(Guid.CreateVersion7());
        await nobody.SetTier(new TierGrant(Tier.Pro, ValidUntil: null, Version: 1));
        Assert.Null(await nobody.GetUsage());
        await cluster.WaitForDeactivation(nobody);
    }

    private async Task<IUserGrain> NewUser()
    {
        var user = cluster.Grains.User(Guid.CreateVersion7());
        await user.EnsureCreated(new VerifiedUser("+14155550123", "Ada", PasswordHash: null));
        return user;
    }

    /// <summary>The same whoever is asked.</summary>
    private static async Task<Tier> TierOf(IUserGrain user)
    {
        var tier = (await user.GetUsage())!.Tier;
        Assert.Equal(tier, (await user.GetProfile())!.Tier);
        return tier;
    }
}
