using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;
using GeminiChat.Silo.Maintenance;
using Microsoft.Extensions.Logging.Abstractions;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>Numbers that nobody has verified are forgotten a day after the last contact.</summary>
public sealed class UnverifiedNumberExpiryTests : IAsyncLifetime
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly GrainTestCluster _cluster = new();

    public async ValueTask InitializeAsync() => await _cluster.InitializeAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_number_that_nobody_verified_leaves_nothing_a_day_after_the_last_contact(bool isForgotten)
    {
        var phone = new PhoneDriver(_cluster);
        await phone.Grain.SignUp(new SignUp("Mallory's sign-up", "a hash"));
        await phone.NewCode();
        _cluster.Time.Advance(23 * Hour);
        await phone.NewCode(CodePurpose.Reset);
        if (isForgotten)
        {
            await _cluster.Deactivate(phone.Grain);
        }

        _cluster.Time.Advance(23 * Hour);
        await Pass();
        Assert.NotEmpty(await _cluster.FindColumnsWith(phone.Number));

        _cluster.Time.Advance(2 * Hour);
        await Pass();
        Assert.Empty(await _cluster.FindColumnsWith(phone.Number));
        Assert.Empty(await _cluster.FindColumnsWith("Mallory's sign-up"));
        Assert.Empty(await Listed());
        Assert.NotNull(await phone.SignIn(await phone.NewCode()));
    }

    [Fact]
    public async Task Limits_within_the_day_survive()
    {
        var phone = new PhoneDriver(_cluster);
        for (var i = 0; i < 10; i++)
        {
            await phone.Grain.CompleteLogin(isPasswordValid: false);
        }

        _cluster.Time.Advance(Hour / 2);
        await Pass();
        Assert.IsType<LoginOutcome.RateLimited>(await phone.Grain.BeginLogin());
    }

    [Fact]
    public async Task A_verified_number_stays_and_is_listed_no_longer()
    {
        var phone = new PhoneDriver(_cluster);
        var user = await phone.SignIn(await phone.NewCode());
        _cluster.Time.Advance(25 * Hour);
        await Pass();
        Assert.Empty(await Listed());
        await _cluster.Deactivate(phone.Grain);
        Assert.True(await phone.Grain.HasAccount());
        Assert.Equal(user, await phone.SignIn(await phone.NewCode()));
    }

    [Fact]
    public async Task The_counts_of_a_number_that_was_freed_are_forgotten_a_day_later_too()
    {
        var phone = new PhoneDriver(_cluster);
        var user = await phone.SignIn(await phone.NewCode());
        _cluster.Time.Advance(25 * Hour);
        await Pass();
        await phone.Grain.Release(user!.Value);
        Assert.Single(await Listed());
        _cluster.Time.Advance(25 * Hour);
        await Pass();
        Assert.Empty(await Listed());
    }

    [Fact]
    public async Task A_user_who_was_moved_here_keeps_the_account_behind_a_number_that_is_not_verified_yet()
    {
        var phone = new PhoneDriver(_cluster);
        var pending = Assert.IsType<SignUpOutcome.Pending>(await phone.Grain.SignUp(new SignUp("Ada", "a hash")));
        await _cluster.Grains.GetGrain<IUserGrain>(pending.UserId).EnsureCreated(new VerifiedUser(phone.Number, "Ada", PasswordHash: null));
        _cluster.Time.Advance(25 * Hour);
        await Pass();
        Assert.Equal(pending.UserId, await phone.SignIn(await phone.NewCode()));
    }

    /// <summary>As each silo does twice a minute, and when it starts.</summary>
    private Task Pass() => new UnverifiedNumberExpiry(
        _cluster.Grains, _cluster.UnverifiedNumbers, _cluster.Time, NullLogger<UnverifiedNumberExpiry>.Instance)
        .ExpirePage(TestContext.Current.CancellationToken);

    private async Task<IEnumerable<string>> Listed() =>
        await _cluster.UnverifiedNumbers.ListExpired(DateTimeOffset.MaxValue, "", limit: 100);
}
