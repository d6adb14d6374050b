using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Passwords under attack, over HTTP against the real grains.</summary>
public sealed class PasswordTests(GatewayFixture gateway)
{
    internal const string Mismatch = "mobile_number and password do not match. Sign in with a one-time code: POST /auth/send-otp.";

    [Fact]
    public async Task Only_the_right_password_gives_tokens()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        var answer = await ada.Login();
        Assert.Equal(["access_token", "token_type", "expires_in", "refresh_token"], (await answer.ReadJsonAsync()).Names());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var wrong = await ada.Login("not " + ApiUser.Password);
        Assert.Equal(Mismatch, await wrong.ReadProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("Bearer", wrong.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_password_is_not_accepted_before_its_number_is_verified()
    {
        var ada = gateway.NewUser();
        var token = await ada.SignUp();
        Assert.Equal(Mismatch, await (await ada.Login()).ReadProblemAsync(HttpStatusCode.Unauthorized));
        await ada.Verify(await ada.NewCode(), signUpToken: token);
        Assert.Equal(HttpStatusCode.OK, (await ada.Login()).StatusCode);
    }

    [Fact]
    public async Task An_earlier_sign_up_by_someone_else_does_not_lock_the_owner_out()
    {
        var owner = gateway.NewUser();
        await owner.SignUp("the password of eve", "Eve");
        await owner.SignUpAndVerify();
        await (await owner.Login("the password of eve")).ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await owner.Login()).StatusCode);
        var again = await owner.Post("/auth/signup", new { name = "Eve", mobile_number = owner.Number, password = "the password of eve" });
        await again.ReadProblemAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Ten_wrong_passwords_an_hour_are_allowed_and_right_ones_do_not_count()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await ada.Login()).StatusCode);
        }

        for (var i = 0; i < 10; i++)
        {
            await (await ada.Login("a wrong one")).ReadProblemAsync(HttpStatusCode.Unauthorized);
        }

        var refused = await ada.Login();
        Assert.StartsWith("Too many wrong passwords", await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(55), TimeSpan.FromMinutes(60));
        Assert.Equal("\"login\";q=10;w=3600", refused.Headers.GetValues("RateLimit-Policy").Single());
    }

    [Fact]
    public async Task Of_many_parallel_guesses_at_most_ten_are_answered_as_wrong_and_none_as_right()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        var wrong = new List<HttpResponseMessage>();
        while (wrong.Count(answer => answer.StatusCode is HttpStatusCode.Unauthorized) < 10)
        {
            wrong.AddRange(await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ada.Login("a wrong one"))));
        }

        Assert.Equal(10, wrong.Count(answer => answer.StatusCode is HttpStatusCode.Unauthorized));
        await (await ada.Login()).ReadProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task An_attacker_who_guesses_passwords_does_not_lock_the_owner_out()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        for (var i = 0; i < 12; i++)
        {
            await ada.Login("a wrong one");
        }

        await (await ada.Login()).ReadProblemAsync(HttpStatusCode.TooManyRequests);
        var fresh = await ada.Clone().SignIn();
        Assert.True(await fresh.IsSignedIn());
        Assert.True(await ada.IsSignedIn());
        Assert.Equal(HttpStatusCode.OK, (await ada.Reset(await ada.NewCode("/auth/forgot-password"), "another good one")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ada.Login("another good one")).StatusCode);
    }

    [Fact]
    public async Task A_stolen_access_token_does_not_allow_unlimited_password_guesses()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        var body = JsonSerializer.Serialize(new { current_password = "a wrong one", new_password = "another good one" });
        for (var i = 0; i < 10; i++)
        {
            var wrong = await ada.Send(HttpMethod.Post, "/auth/change-password", body);
            Assert.StartsWith("current_password is wrong", await wrong.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        }

        await (await ada.Send(HttpMethod.Post, "/auth/change-password", body)).ReadProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData("password123")]
    [InlineData("PassWord123")]
    [InlineData("qwertyuiop")]
    [InlineData("dragonballz")]
    [InlineData("12345678")]
    [InlineData("87654321")]
    [InlineData("aaaaaaaaaa")]
    public async Task The_most_common_passwords_are_refused_wherever_one_is_set(string common)
    {
        var ada = gateway.NewUser();
        var answers = new[]
        {
            await ada.Post("/auth/signup", new { name = "Ada", mobile_number = ada.Number, password = common }),
            await ada.Reset("123456", common),
        };
        foreach (var answer in answers)
        {
            Assert.Contains("most common", await answer.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        }
    }
}
