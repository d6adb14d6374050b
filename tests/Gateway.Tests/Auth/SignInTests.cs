using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.AspNetCore.Identity;

namespace GeminiChat.Gateway.Tests.Auth;

public sealed class SignInTests(GatewayFixture gateway)
{
    private readonly string _number = TestNumber.Next();

    [Fact]
    public async Task Verifying_a_sign_up_passes_its_password_to_the_phone_grain_as_a_strong_hash()
    {
        await using var strong = await GatewayFixture.StartAsync(configure: GatewayFixture.UseStrongHashes);
        var (signUps, signIns) = (await PhoneCalls(nameof(IPhoneGrain.SignUp)), await PhoneCalls(nameof(IPhoneGrain.SignIn)));
        var response = await Post("/auth/signup", new { name = "Ada", mobile_number = _number, password = "correct horse" }, strong);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var answer = await response.ReadJsonAsync();
        Assert.Equal(["message", "user_id", "signup_token"], answer.Names());
        var requested = Assert.IsType<SignUp>(signUps.LastArguments[0]);
        Assert.Equal(("Ada", null), (requested.Name, requested.PasswordHash));

        var entry = await Post(
            "/auth/verify-otp",
            new { mobile_number = _number, otp_code = await NewCode(), signup_token = answer.Text("signup_token") },
            strong);

        Assert.Equal(answer.GetProperty("user_id").GetGuid(), await UserIdOf((await entry.ReadJsonAsync()).Text("access_token")));
        var verified = Assert.IsType<SignUp>(signIns.LastArguments[2]);
        Assert.Equal("Ada", verified.Name);
        var hash = verified.PasswordHash!;
        Assert.Equal(220_000u, BitConverter.ToUInt32([.. Convert.FromBase64String(hash)[5..9].Reverse()]));
        Assert.Equal(PasswordVerificationResult.Success, new PasswordHasher<object>().VerifyHashedPassword(this, hash, "correct horse"));
    }

    [Fact]
    public async Task Signing_up_a_verified_number_is_a_conflict()
    {
        await Post("/auth/verify-otp", new { mobile_number = _number, otp_code = await NewCode() });

        var response = await Post("/auth/signup", new { name = "Ada", mobile_number = _number, password = "correct horse" });

        await response.ReadProblemAsync(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("""{"mobile_number":"+15550100000","password":"12345678"}""", "name is required")]
    [InlineData("""{"name":"","mobile_number":"+15550100000","password":"12345678"}""", "name must have 1 to 200")]
    [InlineData("""{"name":"a\u0000","mobile_number":"+15550100000","password":"12345678"}""", "name must not hold")]
    [InlineData("""{"name":"a","password":"12345678"}""", "mobile_number is required")]
    [InlineData("""{"name":"a","mobile_number":"+15550100000"}""", "password is required")]
    [InlineData("""{"name":"a","mobile_number":"+15550100000","password":"1234567"}""", "password must have 8 to 128")]
    public async Task An_invalid_sign_up_names_the_wrong_field(string body, string expected)
    {
        var response = await gateway.CreateAnonymousClient().PostJsonAsync("/auth/signup", body);

        Assert.StartsWith(expected, await response.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_or_password_over_its_limit_is_refused()
    {
        var longName = await Post("/auth/signup", new { name = new string('a', 201), mobile_number = _number, password = "12345678" });
        var longPassword = await Post("/auth/signup", new { name = "a", mobile_number = _number, password = new string('a', 129) });

        Assert.StartsWith("name", await longName.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.StartsWith("password", await longPassword.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("015112345678")]
    [InlineData("0049 151 12345678")]
    [InlineData("+1")]
    [InlineData("+15")]
    [InlineData("+999123456789")]
    [InlineData("+491511234567890123456")]
    [InlineData("+1-800-FLOWERS")]
    [InlineData("+15550100000;ext=5")]
    [InlineData("")]
    [InlineData("++15550100000")]
    public async Task An_impossible_number_is_refused(string number)
    {
        var response = await Post("/auth/send-otp", new { mobile_number = number });

        Assert.StartsWith("mobile_number must be", await response.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+49 (0) 151-123 45678", "+4915112345678")]
    [InlineData(" +49 151 12345679 ", "+4915112345679")]
    public async Task Different_notations_of_a_number_reach_the_same_phone_grain(string written, string e164)
    {
        var signIns = await SharedSilo.Current.PhoneCalls(e164, nameof(IPhoneGrain.SignIn));
        var response = await Post("/auth/verify-otp", new { mobile_number = written, otp_code = await NewCode(e164) });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, signIns.Count);
    }

    [Fact]
    public async Task A_code_is_in_the_response_of_a_development_run()
    {
        var response = await Post("/auth/send-otp", new { mobile_number = _number });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
        var code = (await response.ReadJsonAsync()).Text("otp");
        var entry = await Post("/auth/verify-otp", new { mobile_number = _number, otp_code = code });
        Assert.Equal(HttpStatusCode.OK, entry.StatusCode);
    }

    [Fact]
    public async Task The_right_code_gives_a_token_that_works()
    {
        var signUp = await (await Post("/auth/signup", new { name = "Ada", mobile_number = _number, password = "correct horse" })).ReadJsonAsync();
        var response = await Post("/auth/verify-otp", new { mobile_number = _number, otp_code = await NewCode() });

        var answer = await response.ReadJsonAsync();
        Assert.Equal(["access_token", "token_type", "expires_in", "refresh_token"], answer.Names());
        Assert.Equal("bearer", answer.Text("token_type"));
        Assert.Equal(1800, answer.GetProperty("expires_in").GetInt32());
        Assert.True(response.Headers.CacheControl!.NoStore);

        Assert.Equal(signUp.GetProperty("user_id").GetGuid(), await UserIdOf(answer.Text("access_token")));
    }

    [Theory]
    [InlineData("654321")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("12345x")]
    [InlineData("")]
    public async Task Every_wrong_code_gets_the_same_answer(string code)
    {
        code = code == await NewCode() ? "654322" : code;
        var response = await Post("/auth/verify-otp", new { mobile_number = _number, otp_code = code });

        Assert.Equal(
            "otp_code is wrong, used or expired. Ask for a new one: POST /auth/send-otp.",
            await response.ReadProblemAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_code_is_never_checked_twice_after_an_outage()
    {
        var signIns = await PhoneCalls(nameof(IPhoneGrain.SignIn));
        var code = await NewCode();
        signIns.Throw(new TimeoutException());

        var response = await Post("/auth/verify-otp", new { mobile_number = _number, otp_code = code });

        await response.ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(1, signIns.Count);
    }

    [Fact]
    public async Task A_login_is_retried_after_the_loss_of_a_silo_before_the_password_check()
    {
        var (begun, completed) = (await PhoneCalls(nameof(IPhoneGrain.BeginLogin)), await PhoneCalls(nameof(IPhoneGrain.CompleteLogin)));
        begun.Throw(new TimeoutException(), new SiloUnavailableException("no"), new SiloUnavailableException("no"));

        var response = await Post("/auth/login", new { mobile_number = _number, password = "correct horse" });

        await response.ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal((4, 1), (begun.Count, completed.Count));
    }

    [Fact]
    public async Task A_refresh_is_retried_after_the_loss_of_a_silo()
    {
        var user = await gateway.NewUserWithRoom();
        var exchanges = user.Calls(nameof(IUserSecurityGrain.RefreshSession));
        exchanges.Throw(new TimeoutException(), new SiloUnavailableException("no"), new SiloUnavailableException("no"));

        var response = await Post("/auth/refresh", new { refresh_token = user.RefreshToken });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(4, exchanges.Count);
    }

    private Task<InterceptedCalls> PhoneCalls(string method) => SharedSilo.Current.PhoneCalls(_number, method);

    private async Task<string> NewCode(string? number = null) =>
        (await (await Post("/auth/send-otp", new { mobile_number = number ?? _number })).ReadJsonAsync()).Text("otp");

    private async Task<Guid> UserIdOf(string token)
    {
        using var client = gateway.CreateAnonymousClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (await (await client.GetAsync("/user/me")).ReadJsonAsync()).GetProperty("id").GetGuid();
    }

    private Task<HttpResponseMessage> Post(string path, object body, GatewayFixture? at = null) =>
        (at ?? gateway).CreateAnonymousClient().PostJsonAsync(path, JsonSerializer.Serialize(body));
}
