using System.Net;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Tests.Live;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Tests.Accounts;

/// <summary>Whose sign-up brings the password of an account, over HTTP against the real grains.</summary>
public sealed class SignUpTokenTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private const string Strangers = "the password of a stranger";
    private const string BadToken =
        "signup_token is of another number, broken, or older than 15 minutes. Sign up again, or leave it out: then no password is set.";

    private readonly Person _owner = gateway.NewPerson();

    [Fact]
    public async Task The_sign_up_of_a_stranger_puts_no_password_on_the_owners_account()
    {
        await _owner.SignUp(Strangers, "Eve");
        await _owner.SignIn();
        await (await _owner.Login(Strangers)).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sign_ups_of_one_number_wait_side_by_side_and_the_one_that_comes_with_the_code_counts(bool isFirst)
    {
        var first = await _owner.SignUp(isFirst ? Person.Password : Strangers, isFirst ? "Ada" : "Eve");
        var second = await _owner.SignUp(isFirst ? Strangers : Person.Password, isFirst ? "Eve" : "Ada");

        await _owner.Keep(await _owner.Verify(await _owner.NewCode(), signUpToken: isFirst ? first : second));

        await (await _owner.Login(Strangers)).ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await _owner.Login()).StatusCode);
        Assert.Equal("Ada", await Name());
    }

    [Fact]
    public async Task Without_the_token_the_name_alone_is_taken()
    {
        await _owner.SignUp();
        await _owner.SignIn();
        Assert.Equal("Ada", await Name());
        await (await _owner.Login()).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_that_is_not_good_is_refused_and_leaves_the_code_good()
    {
        var old = await _owner.SignUp();
        gateway.Time.Advance(TimeSpan.FromMinutes(15));
        var anothers = await gateway.NewPerson().SignUp();
        var code = await _owner.NewCode();
        var good = await _owner.SignUp();

        foreach (var token in new[] { old, anothers, good[1..], good[..^1] + (good[^1] is 'A' ? 'Q' : 'A'), "", "no token", new string('A', 5000) })
        {
            Assert.Equal(BadToken, await (await _owner.Verify(code, signUpToken: token)).ProblemAsync(HttpStatusCode.BadRequest));
        }

        Assert.Equal(HttpStatusCode.OK, (await _owner.Verify(code, signUpToken: good)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _owner.Login()).StatusCode);
    }

    [Fact]
    public async Task A_sign_up_never_takes_the_place_of_a_password()
    {
        var other = await _owner.SignUp("another good one");
        await _owner.Join();
        Assert.Equal(HttpStatusCode.OK, (await _owner.Verify(await _owner.NewCode(), signUpToken: other)).StatusCode);
        await (await _owner.Login("another good one")).ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await _owner.Login()).StatusCode);
    }

    [Fact]
    public void A_token_outlives_the_roll_of_the_secret_that_sealed_it()
    {
        const string Old = "the secret before that has 32 bytes or more";
        var before = new SignUpTokens(Options.Create(new TokenOptions { SecretKey = Old }), TimeProvider.System);
        var after = new SignUpTokens(
            Options.Create(new TokenOptions { SecretKey = TestGateway.SecretKey, PreviousSecretKeys = Old }), TimeProvider.System);

        Assert.True(after.TryOpen(before.Seal("+14155550123", new SignUp("Ada", "hash")), "+14155550123", out var signUp));
        Assert.Equal(("Ada", "hash"), (signUp.Name, signUp.PasswordHash));
        Assert.False(before.TryOpen(after.Seal("+14155550123", signUp), "+14155550123", out _));
    }

    /// <summary>Not over HTTP: with the clock set forward access tokens are not valid yet.</summary>
    private async Task<string?> Name()
    {
        var secret = await gateway.Grains.NumberSecret().Get();
        var login = await gateway.Grains.Phone(PhoneKey.Of(secret.AsSpan(), _owner.Number)).BeginLogin();
        return (await gateway.Grains.User(Assert.IsType<LoginOutcome.Open>(login).UserId!.Value).GetProfile())!.Name;
    }
}
