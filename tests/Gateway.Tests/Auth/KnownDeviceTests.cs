using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>How often a number gets codes, and that strangers cannot use up what its known devices have.</summary>
public sealed class KnownDeviceTests : IAsyncLifetime
{
    private readonly OtpInbox _inboxes = new();
    private GatewayFixture _gateway = null!;
    private ApiUser _owner = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await _inboxes.StartGateway();
        _owner = await SignIn(_gateway.NewUser());
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_number_gets_ten_codes_in_24_hours_at_most_five_of_them_for_resets()
    {
        var person = _gateway.NewUser();
        Assert.Equal(5, await AskUntilRefused(person, "/auth/forgot-password"));
        Assert.Equal(5, await AskUntilRefused(person, "/auth/send-otp"));

        var refused = await person.RequestCode();
        Assert.StartsWith("This number has had all its codes", await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        Assert.Equal("\"otp-day\";q=10;w=86400", refused.Headers.GetValues("RateLimit-Policy").Single());

        // The window slides: the first code of the ten is a day old by now.
        _gateway.Time.Advance(refused.Headers.RetryAfter!.Delta!.Value);
        Assert.Equal(HttpStatusCode.OK, (await person.RequestCode()).StatusCode);
    }

    [Fact]
    public async Task Guesses_in_a_day_are_limited_to_five_per_code_with_or_without_a_request_id()
    {
        var person = _gateway.NewUser();
        for (var i = 0; i < 5; i++)
        {
            var request = (await (await person.RequestCode()).ReadJsonAsync()).Text("request_id");
            var wrong = ApiUser.WrongCode(_inboxes.LastCodeOf(person));
            await person.Verify(wrong);
            await person.Verify(wrong, request);
            _gateway.Time.Advance(TimeSpan.FromMinutes(11));
        }

        await (await person.RequestCode()).ReadProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_wrong_guess_of_another_client_keeps_the_last_code_of_the_day_valid_for_its_request()
    {
        var person = _gateway.NewUser();
        for (var i = 0; i < 9; i++)
        {
            await Answered(await person.RequestCode());
            _gateway.Time.Advance(TimeSpan.FromMinutes(3));
        }

        var request = (await Answered(await person.RequestCode())).Text("request_id");
        var code = _inboxes.LastCodeOf(person);
        await (await person.Verify(ApiUser.WrongCode(code))).ReadProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await person.Verify(code, request)).StatusCode);
    }

    [Fact]
    public async Task A_code_of_a_known_device_is_valid_only_for_its_request()
    {
        var request = (await Answered(await _owner.RequestCode(device: _owner.RefreshToken))).Text("request_id");
        var code = _inboxes.LastCodeOf(_owner);
        await (await _owner.Verify(code)).ReadProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await _owner.Verify(code, request)).StatusCode);
    }

    [Theory]
    [InlineData("/auth/send-otp")]
    [InlineData("/auth/forgot-password")]
    public async Task A_known_device_gets_five_codes_a_day_independent_of_other_clients(string path)
    {
        var device = _owner.RefreshToken;
        await _owner.Send(HttpMethod.Post, "/auth/logout", "{}");
        await AskUntilRefused(_owner, path);

        for (var i = 0; i < 5; i++)
        {
            var request = (await Answered(await _owner.RequestCode(path, device))).Text("request_id");
            var code = _inboxes.LastCodeOf(_owner);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _owner.Verify(ApiUser.WrongCode(code))));
            var given = path is "/auth/send-otp" ? await _owner.Verify(code, request) : await _owner.Reset(code, ApiUser.Password, request);
            Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        }

        var refused = await _owner.RequestCode(path, device);
        await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal("\"otp-day\";q=10;w=86400", refused.Headers.GetValues("RateLimit-Policy").Single());
    }

    [Fact]
    public async Task A_device_token_that_is_foreign_old_or_forged_does_not_make_a_known_device()
    {
        var other = await SignIn(_gateway.NewUser());
        await AskUntilRefused(_owner, "/auth/send-otp");
        foreach (var token in new[] { other.RefreshToken, _owner.RefreshToken[..^1] + (_owner.RefreshToken[^1] is 'A' ? 'Q' : 'A'), "" })
        {
            await (await _owner.RequestCode(device: token)).ReadProblemAsync(HttpStatusCode.TooManyRequests);
        }

        _gateway.Time.Advance(TimeSpan.FromDays(180));
        await AskUntilRefused(_owner, "/auth/send-otp");
        await (await _owner.RequestCode(device: _owner.RefreshToken)).ReadProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_known_device_has_its_own_limit_of_ten_wrong_passwords()
    {
        await SetPassword();
        await ExhaustPasswordTries(device: null);

        Assert.Equal(HttpStatusCode.OK, (await _owner.Login(device: _owner.RefreshToken)).StatusCode);

        await ExhaustPasswordTries(_owner.RefreshToken);
    }

    [Fact]
    public async Task A_signed_in_user_can_change_the_password_while_others_guess_it()
    {
        await SetPassword();
        await _owner.StoreTokens(await _owner.Login());
        await ExhaustPasswordTries(device: null);
        var body = JsonSerializer.Serialize(new { current_password = ApiUser.Password, new_password = "another good one" });
        using var changed = await _owner.Send(HttpMethod.Post, "/auth/change-password", body);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    private async Task<ApiUser> SignIn(ApiUser person)
    {
        var request = (await Answered(await person.RequestCode())).Text("request_id");
        return await person.StoreTokens(await person.Verify(_inboxes.LastCodeOf(person), request));
    }

    private async Task SetPassword()
    {
        await Answered(await _owner.RequestCode("/auth/forgot-password"));
        Assert.Equal(HttpStatusCode.OK, (await _owner.Reset(_inboxes.LastCodeOf(_owner), ApiUser.Password)).StatusCode);
    }

    /// <summary>Asks until the limits of minutes are not the reason for a refusal.</summary>
    private async Task<int> AskUntilRefused(ApiUser person, string path)
    {
        for (var granted = 0; ;)
        {
            var answer = await person.RequestCode(path);
            if (answer.StatusCode is HttpStatusCode.OK)
            {
                granted++;
            }
            else if (answer.Headers.RetryAfter!.Delta > TimeSpan.FromMinutes(10))
            {
                return granted;
            }

            _gateway.Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    private async Task ExhaustPasswordTries(string? device)
    {
        for (var i = 0; i < 10; i++)
        {
            await (await _owner.Login("a wrong one", device: device)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        }

        await (await _owner.Login(device: device)).ReadProblemAsync(HttpStatusCode.TooManyRequests);
    }

    private static async Task<JsonElement> Answered(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.ReadJsonAsync();
    }
}
