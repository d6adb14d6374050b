using System.Net;
using GeminiChat.Gateway.Tests.Live;

namespace GeminiChat.Gateway.Tests.Accounts;

/// <summary>One-time codes under attack, over HTTP against the real grains.</summary>
public sealed class CodeTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private const string WrongCode = "otp_code is wrong, used or expired. Ask for a new one: POST /auth/send-otp.";
    private const string WrongResetCode = "otp_code is wrong, used or expired. Ask for a new one: POST /auth/forgot-password.";

    private readonly Person _ada = gateway.NewPerson();

    [Fact]
    public async Task Of_a_flood_of_guesses_five_are_evaluated_and_then_the_right_code_is_dead()
    {
        var code = await _ada.NewCode();
        var wrong = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _ada.Verify(Person.Wrong(code))));
        Assert.All(wrong, answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));

        var right = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => _ada.Verify(code)));

        Assert.All(right, answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
        Assert.Equal(WrongCode, await right[0].ProblemAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Fifty_parallel_guesses_that_hold_the_right_one_last_do_not_reach_it()
    {
        var code = await _ada.NewCode();
        var wrong = Enumerable.Range(0, 49).Select(_ => _ada.Verify(Person.Wrong(code)));
        await Task.WhenAll(wrong);
        await (await _ada.Verify(code)).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Of_a_flood_of_wishes_for_codes_one_is_granted_and_its_code_stays_valid()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => _ada.AskForCode()));

        var granted = Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.OK);
        var refused = answers.First(answer => answer.StatusCode is not HttpStatusCode.OK);
        Assert.Contains("still valid", await refused.ProblemAsync(HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 50, 60);
        Assert.Equal("\"otp\";q=5;w=600", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.StartsWith("\"otp\";r=0;t=", refused.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _ada.Verify((await granted.JsonAsync()).Text("otp"))).StatusCode);
    }

    [Fact]
    public async Task There_are_five_codes_in_ten_minutes()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await _ada.Verify(await _ada.NewCode())).StatusCode);
        }

        await (await _ada.AskForCode()).ProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_code_works_once_also_for_fifty_at_once()
    {
        var code = await _ada.NewCode();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _ada.Verify(code)));
        Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.OK);
        Assert.Equal(WrongCode, await (await _ada.Verify(code)).ProblemAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task After_a_resend_the_newest_code_is_meant_where_no_request_is_named()
    {
        var old = await _ada.NewCode();
        gateway.Time.Advance(TimeSpan.FromMinutes(1));
        var code = await _ada.NewCode();
        Assert.SkipWhen(old == code, "The same by chance.");
        Assert.Equal(WrongCode, await (await _ada.Verify(old)).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal(HttpStatusCode.OK, (await _ada.Verify(code)).StatusCode);
    }

    [Fact]
    public async Task The_code_of_one_number_does_not_open_another()
    {
        var eve = gateway.NewPerson();
        var (hers, ours) = (await _ada.NewCode(), await eve.NewCode());
        Assert.SkipWhen(hers == ours, "The same by chance.");
        Assert.Equal(WrongCode, await (await eve.Verify(hers)).ProblemAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_code_is_good_for_what_it_was_asked_for_only()
    {
        await _ada.Verify(await _ada.NewCode());
        var (signIn, reset) = (await _ada.NewCode(), await _ada.NewCode("/auth/forgot-password"));
        Assert.SkipWhen(signIn == reset, "The same by chance.");
        Assert.Equal(WrongResetCode, await (await _ada.Reset(signIn, Person.Password)).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal(WrongCode, await (await _ada.Verify(reset)).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal(HttpStatusCode.OK, (await _ada.Reset(reset, Person.Password)).StatusCode);
    }

    [Fact]
    public async Task A_code_is_dead_ten_minutes_after_it_was_made()
    {
        var code = await _ada.NewCode();
        gateway.Time.Advance(TimeSpan.FromSeconds(601));
        Assert.Equal(WrongCode, await (await _ada.Verify(code)).ProblemAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task The_reset_code_of_an_unknown_number_serves_nothing()
    {
        var code = await _ada.NewCode("/auth/forgot-password");
        Assert.Matches("^[0-9]{6}$", code);
        Assert.Equal(WrongResetCode, await (await _ada.Reset(code, Person.Password)).ProblemAsync(HttpStatusCode.BadRequest));
        await (await _ada.Login()).ProblemAsync(HttpStatusCode.Unauthorized);
    }
}
