using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

public sealed class SignUpTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    private readonly TestPhone _phone = new(cluster);

    [Fact]
    public async Task A_sign_up_counts_once_its_number_is_verified_by_a_code_sent_after_it()
    {
        var pending = Assert.IsType<SignUpOutcome.Pending>(await _phone.Grain.SignUp(new SignUp("Eve", "hash of eve's")));
        Assert.Null(await cluster.Grains.User(pending.UserId).GetProfile());
        await _phone.Grain.SignUp(new SignUp("Ada", "hash of ada's"));
        Assert.Equal(new LoginOutcome.Open(null), await _phone.Grain.BeginLogin());

        var user = await _phone.SignIn(await _phone.NewCode());
        Assert.Equal(pending.UserId, user);
        Assert.Equal("Ada", (await cluster.Grains.User(pending.UserId).GetProfile())!.Name);
        Assert.Equal("hash of ada's", (await cluster.Grains.User(pending.UserId).GetCredentials())!.PasswordHash);
        Assert.Equal(new LoginOutcome.Open(user), await _phone.Grain.BeginLogin());
        Assert.IsType<SignUpOutcome.NumberTaken>(await _phone.Grain.SignUp(new SignUp("Eve", "hash of eve's")));
    }

    [Fact]
    public async Task A_code_sent_before_a_sign_up_does_not_confirm_it()
    {
        var code = await _phone.NewCode();
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await _phone.Grain.SignUp(new SignUp("Eve", "hash of eve's"));
        await AssertNotConfirmed(await _phone.SignIn(code));
    }

    [Fact]
    public async Task A_sign_up_waits_for_fifteen_minutes()
    {
        await _phone.Grain.SignUp(new SignUp("Eve", "hash of eve's"));
        cluster.Time.Advance(TimeSpan.FromMinutes(15));
        await AssertNotConfirmed(await _phone.SignIn(await _phone.NewCode()));
    }

    private async Task AssertNotConfirmed(Guid? user)
    {
        Assert.Null((await cluster.Grains.User(user!.Value).GetProfile())!.Name);
        Assert.Null((await cluster.Grains.User(user.Value).GetCredentials())!.PasswordHash);
    }
}
