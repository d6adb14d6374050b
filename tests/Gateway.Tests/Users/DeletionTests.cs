using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Live;

namespace GeminiChat.Gateway.Tests.Users;

/// <summary>The end of an account, over HTTP against the real grains.</summary>
public sealed class DeletionTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task By_the_password_all_devices_are_out_and_the_number_signs_up_anew()
    {
        var ada = await gateway.NewPerson().Join();
        var (id, _) = await Shown(ada);
        await ada.NewRoom();
        var twin = await ada.Twin().SignIn();
        using var elsewhere = gateway.StrangerElsewhere();
        Assert.True(await twin.IsIn(elsewhere));
        await using var events = await Events.OpenAsync(await twin.Send(HttpMethod.Get, "/events", at: elsewhere));

        var answer = await Delete(ada, new { password = Person.Password });
        Assert.Equal((HttpStatusCode.NoContent, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.False(await ada.IsIn());
        await (await Delete(ada, new { password = Person.Password })).ProblemAsync(HttpStatusCode.Unauthorized);
        var end = await events.NextAsync();
        Assert.Equal(("error", 401), (end.EventType, JsonDocument.Parse(end.Data).RootElement.GetProperty("status").GetInt32()));
        await events.ExpectEndAsync();
        await twin.UntilOut();
        await (await ada.Exchange(ada.Refresh)).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await ada.Login()).ProblemAsync(HttpStatusCode.Unauthorized);

        var next = await ada.Twin().Join();
        var (nextId, name) = await Shown(next);
        Assert.NotEqual(id, nextId);
        Assert.Equal("Ada", name);
        Assert.Empty((await (await next.Send(HttpMethod.Get, "/chatroom")).JsonAsync()).EnumerateArray());
        Assert.False(await ada.IsIn());
    }

    [Fact]
    public async Task By_a_code_who_has_no_password_goes_too_and_nobody_comes_back_with_a_name()
    {
        var ada = await gateway.NewPerson().SignIn();
        await ada.Send(HttpMethod.Patch, "/user/me", """{"name":"Ada"}""");
        var wrong = await Delete(ada, new { password = Person.Password });
        Assert.StartsWith("password is wrong", await wrong.ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await Delete(ada, new { otp_code = await ada.NewCode() })).StatusCode);
        var (_, name) = await Shown(await ada.Twin().SignIn());
        Assert.Null(name);
    }

    [Fact]
    public async Task Strangers_who_guess_keep_nobody_from_leaving()
    {
        var ada = await gateway.NewPerson().Join();
        var eve = await gateway.NewPerson().SignIn();
        for (var i = 0; i < 10; i++)
        {
            await (await ada.Login("a wrong one")).ProblemAsync(HttpStatusCode.Unauthorized);
        }

        var code = await eve.NewCode();
        for (var i = 0; i < 8; i++)
        {
            await (await eve.Verify(Person.Wrong(code))).ProblemAsync(HttpStatusCode.BadRequest);
        }

        await (await ada.Login()).ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.NoContent, (await Delete(ada, new { password = Person.Password })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await Delete(eve, new { otp_code = code, request_id = eve.RequestId })).StatusCode);
    }

    [Fact]
    public async Task A_stolen_access_token_is_no_way_to_guess_password_or_code()
    {
        var ada = await gateway.NewPerson().Join();
        for (var i = 0; i < 10; i++)
        {
            await (await Delete(ada, new { password = "a wrong one" })).ProblemAsync(HttpStatusCode.BadRequest);
        }

        await (await Delete(ada, new { password = Person.Password })).ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, (await ada.Login()).StatusCode);

        var code = await ada.NewCode();
        for (var i = 0; i < 5; i++)
        {
            await (await Delete(ada, new { otp_code = Person.Wrong(code) })).ProblemAsync(HttpStatusCode.BadRequest);
        }

        Assert.StartsWith(
            "otp_code is wrong", await (await Delete(ada, new { otp_code = code })).ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.True(await ada.IsIn());
    }

    [Fact]
    public async Task The_code_of_another_number_or_for_another_purpose_is_no_proof()
    {
        var ada = await gateway.NewPerson().Join();
        var eve = await gateway.NewPerson().Join();
        var own = await ada.NewCode();
        foreach (var code in new[] { await eve.NewCode(), await ada.NewCode("/auth/forgot-password"), "no code" })
        {
            if (code != own)
            {
                await (await Delete(ada, new { otp_code = code })).ProblemAsync(HttpStatusCode.BadRequest);
            }
        }

        Assert.True(await ada.IsIn());
        Assert.True(await eve.IsIn());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"password":null,"otp_code":null}""")]
    [InlineData("""{"password":"correct horse battery","otp_code":"123456"}""")]
    public async Task It_takes_one_proof_and_not_two(string body)
    {
        var ada = await gateway.NewPerson().Join();
        var answer = await ada.Send(HttpMethod.Delete, "/user/me", body);
        Assert.Equal("Give either password or otp_code.", await answer.ProblemAsync(HttpStatusCode.BadRequest));
        await (await ada.Send(HttpMethod.Delete, "/user/me")).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.True(await ada.IsIn());
    }

    private static Task<HttpResponseMessage> Delete(Person person, object proof) =>
        person.Send(HttpMethod.Delete, "/user/me", JsonSerializer.Serialize(proof));

    private static async Task<(string Id, string? Name)> Shown(Person person)
    {
        var shown = await (await person.Send(HttpMethod.Get, "/user/me")).JsonAsync();
        return (shown.Text("id"), shown.GetProperty("name").GetString());
    }
}
