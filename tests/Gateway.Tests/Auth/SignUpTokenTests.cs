using System.Net;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Whose sign-up brings the password of an account, over HTTP against the real grains.</summary>
public sealed class SignUpTokenTests(OwnSiloGatewayFixture gateway) : IClassFixture<OwnSiloGatewayFixture>
{
    private const string Strangers = "the password of a stranger";
    private const string BadToken =
        "signup_token is of another number, broken, or older than 15 minutes. Sign up again, or leave it out: then no password is set.";

    private readonly ApiUser _owner = gateway.NewUser();

    [Fact]
    public async Task A_sign_up_by_someone_else_sets_no_password_on_the_owners_account()
    {
        await _owner.SignUp(Strangers, "Eve");
        await _owner.SignIn();
        await (await _owner.Login(Strangers)).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_several_sign_ups_for_one_number_the_one_whose_token_comes_with_the_code_is_used(bool isFirst)
    {
        var first = await _owner.SignUp(isFirst ? ApiUser.Password : Strangers, isFirst ? "Ada" : "Eve");
        var second = await _owner.SignUp(isFirst ? Strangers : ApiUser.Password, isFirst ? "Eve" : "Ada");

        await _owner.StoreTokens(await _owner.Verify(await _owner.NewCode(), signUpToken: isFirst ? first : second));

        await (await _owner.Login(Strangers)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await _owner.Login()).StatusCode);
        Assert.Equal("Ada", await Name());
    }

    [Fact]
    public async Task Without_the_sign_up_token_only_the_name_is_used()
    {
        await _owner.SignUp();
        await _owner.SignIn();
        Assert.Equal("Ada", await Name());
        await (await _owner.Login()).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_invalid_sign_up_token_is_refused_and_the_code_stays_valid()
    {
        var old = await _owner.SignUp();
        gateway.Time.Advance(TimeSpan.FromMinutes(15));
        var anothers = await gateway.NewUser().SignUp();
        var code = await _owner.NewCode();
        var good = await _owner.SignUp();

        foreach (var token in new[] { old, anothers, good[1..], good[..^1] + (good[^1] is 'A' ? 'Q' : 'A'), "", "no token", new string('A', 5000) })
        {
            Assert.Equal(BadToken, await (await _owner.Verify(code, signUpToken: token)).ReadProblemAsync(HttpStatusCode.BadRequest));
        }

        Assert.Equal(HttpStatusCode.OK, (await _owner.Verify(code, signUpToken: good)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _owner.Login()).StatusCode);
    }

    [Fact]
    public async Task A_sign_up_never_replaces_an_existing_password()
    {
        var other = await _owner.SignUp("another good one");
        await _owner.SignUpAndVerify();
        Assert.Equal(HttpStatusCode.OK, (await _owner.Verify(await _owner.NewCode(), signUpToken: other)).StatusCode);
        await (await _owner.Login("another good one")).ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await _owner.Login()).StatusCode);
    }

    [Fact]
    public void A_sign_up_token_stays_valid_after_its_secret_was_rotated()
    {
        const string Old = "the secret before that has 32 bytes or more";
        var before = new SignUpTokenService(Options.Create(new TokenOptions { SecretKey = Old }), TimeProvider.System);
        var after = new SignUpTokenService(
            Options.Create(new TokenOptions { SecretKey = GatewayFixture.SecretKey, PreviousSecretKeys = Old }), TimeProvider.System);

        Assert.True(after.TryOpen(before.Seal("+14155550123", new SignUp("Ada", "hash")), "+14155550123", out var signUp));
        Assert.Equal(("Ada", "hash"), (signUp.Name, signUp.PasswordHash));
        Assert.False(before.TryOpen(after.Seal("+14155550123", signUp), "+14155550123", out _));
    }

    /// <summary>Not over HTTP: with the clock set forward access tokens are not valid yet.</summary>
    private async Task<string?> Name()
    {
        var secret = await gateway.Grains.NumberSecret().Get();
        var login = await gateway.Grains.Phone(PhoneKey.Of(secret.AsSpan(), _owner.Number)).BeginLogin();
        return (await gateway.Grains.User(Assert.IsType<LoginOutcome.Allowed>(login).UserId!.Value).GetProfile())!.Name;
    }
}
