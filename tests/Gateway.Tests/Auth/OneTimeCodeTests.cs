using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>One-time codes under attack, over HTTP against the real grains.</summary>
public sealed class OneTimeCodeTests(OwnSiloGatewayFixture gateway) : IClassFixture<OwnSiloGatewayFixture>
{
    private const string WrongCode = "otp_code is wrong, used or expired. Ask for a new one: POST /auth/send-otp.";
    private const string WrongResetCode = "otp_code is wrong, used or expired. Ask for a new one: POST /auth/forgot-password.";

    private readonly ApiUser _ada = gateway.NewUser();

    [Fact]
    public async Task After_five_wrong_guesses_the_right_code_is_refused()
    {
        var code = await _ada.NewCode();
        var wrong = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _ada.Verify(ApiUser.WrongCode(code))));
        Assert.All(wrong, answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));

        var right = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => _ada.Verify(code)));

        Assert.All(right, answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
        Assert.Equal(WrongCode, await right[0].ReadProblemAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Fifty_parallel_guesses_do_not_get_around_the_limit_of_five()
    {
        var code = await _ada.NewCode();
        var wrong = Enumerable.Range(0, 49).Select(_ => _ada.Verify(ApiUser.WrongCode(code)));
        await Task.WhenAll(wrong);
        await (await _ada.Verify(code)).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Of_many_code_requests_at_once_one_is_granted_and_its_code_stays_valid()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => _ada.RequestCode()));

        var granted = Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.OK);
        var refused = answers.First(answer => answer.StatusCode is not HttpStatusCode.OK);
        Assert.Contains("still valid", await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 50, 60);
        Assert.Equal("\"otp\";q=5;w=600", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.StartsWith("\"otp\";r=0;t=", refused.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _ada.Verify((await granted.ReadJsonAsync()).Text("otp"))).StatusCode);
    }

    [Fact]
    public async Task No_more_than_five_codes_are_sent_in_ten_minutes()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await _ada.Verify(await _ada.NewCode())).StatusCode);
        }

        await (await _ada.RequestCode()).ReadProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Of_fifty_parallel_uses_of_a_code_one_succeeds()
    {
        var code = await _ada.NewCode();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _ada.Verify(code)));
        Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.OK);
        Assert.Equal(WrongCode, await (await _ada.Verify(code)).ReadProblemAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Without_a_request_id_only_the_newest_code_is_accepted()
    {
        var old = await _ada.NewCode();
        gateway.Time.Advance(TimeSpan.FromMinutes(1));
        var code = await _ada.NewCode();
        Assert.SkipWhen(old == code, "The same by chance.");
        Assert.Equal(WrongCode, await (await _ada.Verify(old)).ReadProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal(HttpStatusCode.OK, (await _ada.Verify(code)).StatusCode);
    }

    [Fact]
    public async Task A_code_is_not_valid_for_another_number()
    {
        var eve = gateway.NewUser();
        var (hers, ours) = (await _ada.NewCode(), await eve.NewCode());
        Assert.SkipWhen(hers == ours, "The same by chance.");
        Assert.Equal(WrongCode, await (await eve.Verify(hers)).ReadProblemAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_code_is_valid_only_for_its_purpose()
    {
        await _ada.Verify(await _ada.NewCode());
        var (signIn, reset) = (await _ada.NewCode(), await _ada.NewCode("/auth/forgot-password"));
        Assert.SkipWhen(signIn == reset, "The same by chance.");
        Assert.Equal(WrongResetCode, await (await _ada.Reset(signIn, ApiUser.Password)).ReadProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal(WrongCode, await (await _ada.Verify(reset)).ReadProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal(HttpStatusCode.OK, (await _ada.Reset(reset, ApiUser.Password)).StatusCode);
    }

    [Fact]
    public async Task A_code_expires_after_ten_minutes()
    {
        var code = await _ada.NewCode();
        gateway.Time.Advance(TimeSpan.FromSeconds(601));
        Assert.Equal(WrongCode, await (await _ada.Verify(code)).ReadProblemAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_reset_code_for_a_number_without_account_does_nothing()
    {
        var code = await _ada.NewCode("/auth/forgot-password");
        Assert.Matches("^[0-9]{6}$", code);
        Assert.Equal(WrongResetCode, await (await _ada.Reset(code, ApiUser.Password)).ReadProblemAsync(HttpStatusCode.BadRequest));
        await (await _ada.Login()).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }
}
