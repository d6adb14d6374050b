using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Live;

namespace GeminiChat.Gateway.Tests.Accounts;

/// <summary>How often a number gets codes, and that strangers cannot use up what its known devices have.</summary>
public sealed class KnownDeviceTests : IAsyncLifetime
{
    private readonly Inboxes _inboxes = new();
    private LiveGateway _gateway = null!;
    private Person _owner = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await _inboxes.StartGateway();
        _owner = await SignIn(_gateway.NewPerson());
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_number_gets_ten_codes_in_any_day_and_half_of_them_for_a_reset()
    {
        var person = _gateway.NewPerson();
        Assert.Equal(5, await AskUntilRefused(person, "/auth/forgot-password"));
        Assert.Equal(5, await AskUntilRefused(person, "/auth/send-otp"));

        var refused = await person.AskForCode();
        Assert.StartsWith("This number has had all its codes", await refused.ProblemAsync(HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        Assert.Equal("\"otp-day\";q=10;w=86400", refused.Headers.GetValues("RateLimit-Policy").Single());

        // The window slides: the first code of the ten is a day old by now.
        _gateway.Time.Advance(refused.Headers.RetryAfter!.Delta!.Value);
        Assert.Equal(HttpStatusCode.OK, (await person.AskForCode()).StatusCode);
    }

    [Fact]
    public async Task A_day_has_no_more_guesses_than_five_for_each_code_whichever_way_they_are_made()
    {
        var person = _gateway.NewPerson();
        for (var i = 0; i < 5; i++)
        {
            var request = (await (await person.AskForCode()).JsonAsync()).Text("request_id");
            var wrong = Person.Wrong(_inboxes.CodeOf(person));
            await person.Verify(wrong);
            await person.Verify(wrong, request);
            _gateway.Time.Advance(TimeSpan.FromMinutes(11));
        }

        await (await person.AskForCode()).ProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_wrong_guess_of_a_stranger_leaves_the_last_code_of_the_day_good_for_its_request()
    {
        var person = _gateway.NewPerson();
        for (var i = 0; i < 9; i++)
        {
            await Answered(await person.AskForCode());
            _gateway.Time.Advance(TimeSpan.FromMinutes(3));
        }

        var request = (await Answered(await person.AskForCode())).Text("request_id");
        var code = _inboxes.CodeOf(person);
        await (await person.Verify(Person.Wrong(code))).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await person.Verify(code, request)).StatusCode);
    }

    [Fact]
    public async Task A_code_of_a_known_device_is_good_for_its_request_alone()
    {
        var request = (await Answered(await _owner.AskForCode(device: _owner.Refresh))).Text("request_id");
        var code = _inboxes.CodeOf(_owner);
        await (await _owner.Verify(code)).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await _owner.Verify(code, request)).StatusCode);
    }

    [Theory]
    [InlineData("/auth/send-otp")]
    [InlineData("/auth/forgot-password")]
    public async Task A_known_device_gets_five_codes_a_day_whatever_strangers_do(string path)
    {
        var device = _owner.Refresh;
        await _owner.Send(HttpMethod.Post, "/auth/logout", "{}");
        await AskUntilRefused(_owner, path);

        for (var i = 0; i < 5; i++)
        {
            var request = (await Answered(await _owner.AskForCode(path, device))).Text("request_id");
            var code = _inboxes.CodeOf(_owner);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _owner.Verify(Person.Wrong(code))));
            var given = path is "/auth/send-otp" ? await _owner.Verify(code, request) : await _owner.Reset(code, Person.Password, request);
            Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        }

        var refused = await _owner.AskForCode(path, device);
        await refused.ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal("\"otp-day\";q=10;w=86400", refused.Headers.GetValues("RateLimit-Policy").Single());
    }

    [Fact]
    public async Task A_token_of_another_user_or_of_long_ago_or_of_nobody_is_no_device()
    {
        var other = await SignIn(_gateway.NewPerson());
        await AskUntilRefused(_owner, "/auth/send-otp");
        foreach (var token in new[] { other.Refresh, _owner.Refresh[..^1] + (_owner.Refresh[^1] is 'A' ? 'Q' : 'A'), "" })
        {
            await (await _owner.AskForCode(device: token)).ProblemAsync(HttpStatusCode.TooManyRequests);
        }

        _gateway.Time.Advance(TimeSpan.FromDays(180));
        await AskUntilRefused(_owner, "/auth/send-otp");
        await (await _owner.AskForCode(device: _owner.Refresh)).ProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_known_device_has_ten_wrong_passwords_of_its_own()
    {
        await SetPassword();
        await Exhaust(device: null);

        Assert.Equal(HttpStatusCode.OK, (await _owner.Login(device: _owner.Refresh)).StatusCode);

        await Exhaust(_owner.Refresh);
    }

    [Fact]
    public async Task Who_is_signed_in_can_change_the_password_whatever_strangers_guess()
    {
        await SetPassword();
        await _owner.Keep(await _owner.Login());
        await Exhaust(device: null);
        var body = JsonSerializer.Serialize(new { current_password = Person.Password, new_password = "another good one" });
        using var changed = await _owner.Send(HttpMethod.Post, "/auth/change-password", body);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    private async Task<Person> SignIn(Person person)
    {
        var request = (await Answered(await person.AskForCode())).Text("request_id");
        return await person.Keep(await person.Verify(_inboxes.CodeOf(person), request));
    }

    private async Task SetPassword()
    {
        await Answered(await _owner.AskForCode("/auth/forgot-password"));
        Assert.Equal(HttpStatusCode.OK, (await _owner.Reset(_inboxes.CodeOf(_owner), Person.Password)).StatusCode);
    }

    /// <summary>Asks until the limits of minutes are not the reason for a refusal.</summary>
    private async Task<int> AskUntilRefused(Person person, string path)
    {
        for (var granted = 0; ;)
        {
            var answer = await person.AskForCode(path);
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

    private async Task Exhaust(string? device)
    {
        for (var i = 0; i < 10; i++)
        {
            await (await _owner.Login("a wrong one", device: device)).ProblemAsync(HttpStatusCode.Unauthorized);
        }

        await (await _owner.Login(device: device)).ProblemAsync(HttpStatusCode.TooManyRequests);
    }

    private static async Task<JsonElement> Answered(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.JsonAsync();
    }
}
