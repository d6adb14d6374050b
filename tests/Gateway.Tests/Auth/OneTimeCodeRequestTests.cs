using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>A code belongs to the request that asked for it: strangers cannot use it up.</summary>
public sealed class OneTimeCodeRequestTests(OwnSiloGatewayFixture gateway) : IClassFixture<OwnSiloGatewayFixture>
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ApiUser _owner = gateway.NewUser();

    [Theory]
    [InlineData("/auth/send-otp")]
    [InlineData("/auth/forgot-password")]
    public async Task Code_requests_and_guesses_of_other_clients_do_not_use_up_the_owners_code(string path)
    {
        await _owner.SignUpAndVerify();
        gateway.Time.Advance(TimeSpan.FromMinutes(10));
        var code = await _owner.NewCode(path);
        var request = _owner.RequestId;
        await Guess(path, code, requestId: null, times: 8);
        for (var i = 0; i < 2; i++)
        {
            gateway.Time.Advance(Minute);
            await _owner.NewCode(path);
            await Guess(path, code, _owner.RequestId, times: 8);
            await Guess(path, code, requestId: null, times: 8);
        }

        await Guess(path, code, Guid.CreateVersion7().ToString(), times: 8);

        Assert.Equal(HttpStatusCode.OK, (await Give(path, code, request)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Give(path, code, request)).StatusCode);
    }

    [Fact]
    public async Task A_code_is_still_valid_after_a_hundred_wrong_guesses_in_a_day()
    {
        for (var i = 0; i < 4; i++)
        {
            var code = await _owner.NewCode();
            await Guess("/auth/send-otp", code, requestId: null, times: 25);
            gateway.Time.Advance(TimeSpan.FromMinutes(6));
        }

        Assert.Equal(HttpStatusCode.OK, (await _owner.Verify(await _owner.NewCode())).StatusCode);
    }

    [Fact]
    public async Task Three_codes_are_valid_at_the_same_time_and_a_fourth_ends_the_first()
    {
        var codes = new List<(string Code, string Request)>();
        for (var i = 0; i < 4; i++)
        {
            codes.Add((await _owner.NewCode(), _owner.RequestId!));
            gateway.Time.Advance(Minute);
        }

        await (await _owner.Verify(codes[0].Code, codes[0].Request)).ReadProblemAsync(HttpStatusCode.BadRequest);
        foreach (var (code, request) in codes[1..])
        {
            Assert.Equal(HttpStatusCode.OK, (await _owner.Verify(code, request)).StatusCode);
        }
    }

    [Fact]
    public async Task Five_wrong_guesses_for_a_request_end_only_the_code_of_that_request()
    {
        var (first, request) = (await _owner.NewCode(), _owner.RequestId);
        gateway.Time.Advance(Minute);
        var (second, next) = (await _owner.NewCode(), _owner.RequestId);

        await Guess("/auth/send-otp", first, request, times: 5);

        await (await _owner.Verify(first, request)).ReadProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await _owner.Verify(second, next)).StatusCode);
    }

    [Fact]
    public async Task The_code_of_one_request_is_not_that_of_another()
    {
        var (first, request) = (await _owner.NewCode(), _owner.RequestId);
        gateway.Time.Advance(Minute);
        var second = await _owner.NewCode();
        Assert.SkipWhen(first == second, "The same by chance.");
        await (await _owner.Verify(second, request)).ReadProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await _owner.Verify(first, request)).StatusCode);
    }

    [Fact]
    public async Task A_malformed_request_id_is_named_in_the_error()
    {
        var code = await _owner.NewCode();
        Assert.StartsWith("request_id", await (await _owner.Verify(code, "no id")).ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _owner.Verify(code)).StatusCode);
    }

    private Task<HttpResponseMessage> Give(string path, string code, string? requestId) => path is "/auth/send-otp"
        ? _owner.Verify(code, requestId)
        : _owner.Reset(code, "another good one", requestId);

    private async Task Guess(string path, string code, string? requestId, int times)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, times).Select(_ => Give(path, ApiUser.WrongCode(code), requestId)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
    }
}
