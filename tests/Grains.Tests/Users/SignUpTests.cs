using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

public sealed class SignUpTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    private static readonly SignUp Ada = new("Ada", "hash of ada's");

    private readonly PhoneDriver _phone = new(cluster);

    [Fact]
    public async Task A_sign_up_is_used_when_its_token_comes_with_the_code_whoever_else_signed_up()
    {
        var pending = Assert.IsType<SignUpOutcome.Pending>(await _phone.Grain.SignUp(Ada));
        Assert.Null(await cluster.Grains.User(pending.UserId).GetProfile());
        await _phone.Grain.SignUp(new SignUp("Eve", "hash of eve's"));
        Assert.Equal(new LoginOutcome.Allowed(null), await _phone.Grain.BeginLogin());

        var user = await _phone.SignIn(await _phone.NewCode(), signUp: Ada);
        Assert.Equal(pending.UserId, user);
        Assert.Equal("Ada", (await cluster.Grains.User(pending.UserId).GetProfile())!.Name);
        Assert.Equal("hash of ada's", (await cluster.Grains.UserSecurity(pending.UserId).GetCredentials())!.PasswordHash);
        Assert.Equal(new LoginOutcome.Allowed(user), await _phone.Grain.BeginLogin());
        Assert.IsType<SignUpOutcome.NumberTaken>(await _phone.Grain.SignUp(new SignUp("Eve", "hash of eve's")));
    }

    [Fact]
    public async Task Without_a_sign_up_token_only_the_newest_name_is_used()
    {
        await _phone.Grain.SignUp(new SignUp("Eve", "hash of eve's"));
        await _phone.Grain.SignUp(Ada);
        await AssertUser(await _phone.SignIn(await _phone.NewCode()), "Ada", passwordHash: null);
    }

    [Fact]
    public async Task A_code_sent_before_a_sign_up_does_not_confirm_it()
    {
        var code = await _phone.NewCode();
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await _phone.Grain.SignUp(new SignUp("Eve", "hash of eve's"));
        await AssertUser(await _phone.SignIn(code), name: null, passwordHash: null);
    }

    [Fact]
    public async Task A_pending_sign_up_expires_after_fifteen_minutes()
    {
        await _phone.Grain.SignUp(new SignUp("Eve", "hash of eve's"));
        cluster.Time.Advance(TimeSpan.FromMinutes(15));
        await AssertUser(await _phone.SignIn(await _phone.NewCode()), name: null, passwordHash: null);
    }

    [Fact]
    public async Task A_sign_up_sets_a_missing_password_and_keeps_an_existing_one()
    {
        await _phone.SignIn(await _phone.NewCode());
        await AssertUser(await _phone.SignIn(await _phone.NewCode(), signUp: Ada), "Ada", Ada.PasswordHash);
        await AssertUser(await _phone.SignIn(await _phone.NewCode(), signUp: new SignUp("Eve", "another hash")), "Ada", Ada.PasswordHash);
    }

    [Fact]
    public async Task An_empty_hash_stored_by_an_older_version_is_not_a_password()
    {
        var user = await _phone.SignIn(await _phone.NewCode());
        await cluster.Grains.UserSecurity(user!.Value).ResetPassword("");
        await AssertUser(await _phone.SignIn(await _phone.NewCode(), signUp: Ada), "Ada", Ada.PasswordHash);
    }

    private async Task AssertUser(Guid? user, string? name, string? passwordHash)
    {
        Assert.Equal(name, (await cluster.Grains.User(user!.Value).GetProfile())!.Name);
        Assert.Equal(passwordHash, (await cluster.Grains.UserSecurity(user.Value).GetCredentials())!.PasswordHash);
    }
}
