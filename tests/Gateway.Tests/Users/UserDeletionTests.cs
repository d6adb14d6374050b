using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Users;

/// <summary>The end of an account, over HTTP against the real grains.</summary>
public sealed class UserDeletionTests(GatewayFixture gateway)
{
    [Fact]
    public async Task Deleting_an_account_by_password_ends_all_sessions_and_frees_the_number()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        var (id, _) = await Shown(ada);
        await ada.NewRoom();
        var twin = await ada.Clone().SignIn();
        using var elsewhere = await gateway.CreateAnonymousClientAtSecondGateway();
        Assert.True(await twin.IsSignedIn(elsewhere));
        await using var events = await SseReader.OpenNoticesAsync(await twin.Send(HttpMethod.Get, "/events", at: elsewhere));

        var answer = await Delete(ada, new { password = ApiUser.Password });
        Assert.Equal((HttpStatusCode.NoContent, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.False(await ada.IsSignedIn());
        await (await Delete(ada, new { password = ApiUser.Password })).ReadProblemAsync(HttpStatusCode.Unauthorized);
        var end = await events.NextAsync();
        Assert.Equal(("error", 401), (end.EventType, JsonDocument.Parse(end.Data).RootElement.GetProperty("status").GetInt32()));
        await events.ExpectEndAsync();
        await twin.WaitUntilSignedOut();
        await (await ada.ExchangeRefreshToken(ada.RefreshToken)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        await (await ada.Login()).ReadProblemAsync(HttpStatusCode.Unauthorized);

        var next = await ada.Clone().SignUpAndVerify();
        var (nextId, name) = await Shown(next);
        Assert.NotEqual(id, nextId);
        Assert.Equal("Ada", name);
        Assert.Empty((await (await next.Send(HttpMethod.Get, "/chatroom")).ReadJsonAsync()).EnumerateArray());
        Assert.False(await ada.IsSignedIn());
    }

    [Fact]
    public async Task A_user_without_password_can_delete_the_account_by_code_and_the_name_is_erased()
    {
        var ada = await gateway.NewUser().SignIn();
        await ada.Send(HttpMethod.Patch, "/user/me", """{"name":"Ada"}""");
        var wrong = await Delete(ada, new { password = ApiUser.Password });
        Assert.StartsWith("password is wrong", await wrong.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await Delete(ada, new { otp_code = await ada.NewCode() })).StatusCode);
        var (_, name) = await Shown(await ada.Clone().SignIn());
        Assert.Null(name);
    }

    [Fact]
    public async Task Guesses_of_other_clients_do_not_prevent_an_account_deletion()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        var eve = await gateway.NewUser().SignIn();
        for (var i = 0; i < 10; i++)
        {
            await (await ada.Login("a wrong one")).ReadProblemAsync(HttpStatusCode.Unauthorized);
        }

        var code = await eve.NewCode();
        for (var i = 0; i < 8; i++)
        {
            await (await eve.Verify(ApiUser.WrongCode(code))).ReadProblemAsync(HttpStatusCode.BadRequest);
        }

        await (await ada.Login()).ReadProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.NoContent, (await Delete(ada, new { password = ApiUser.Password })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await Delete(eve, new { otp_code = code, request_id = eve.RequestId })).StatusCode);
    }

    [Fact]
    public async Task A_stolen_access_token_does_not_allow_unlimited_guesses_of_password_or_code()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        for (var i = 0; i < 10; i++)
        {
            await (await Delete(ada, new { password = "a wrong one" })).ReadProblemAsync(HttpStatusCode.BadRequest);
        }

        await (await Delete(ada, new { password = ApiUser.Password })).ReadProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, (await ada.Login()).StatusCode);

        var code = await ada.NewCode();
        for (var i = 0; i < 5; i++)
        {
            await (await Delete(ada, new { otp_code = ApiUser.WrongCode(code) })).ReadProblemAsync(HttpStatusCode.BadRequest);
        }

        Assert.StartsWith(
            "otp_code is wrong", await (await Delete(ada, new { otp_code = code })).ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.True(await ada.IsSignedIn());
    }

    [Fact]
    public async Task A_code_of_another_number_or_purpose_does_not_delete_an_account()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        var eve = await gateway.NewUser().SignUpAndVerify();
        var own = await ada.NewCode();
        foreach (var code in new[] { await eve.NewCode(), await ada.NewCode("/auth/forgot-password"), "no code" })
        {
            if (code != own)
            {
                await (await Delete(ada, new { otp_code = code })).ReadProblemAsync(HttpStatusCode.BadRequest);
            }
        }

        Assert.True(await ada.IsSignedIn());
        Assert.True(await eve.IsSignedIn());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"password":null,"otp_code":null}""")]
    [InlineData("""{"password":"correct horse battery","otp_code":"123456"}""")]
    public async Task Deleting_an_account_requires_exactly_one_proof(string body)
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        var answer = await ada.Send(HttpMethod.Delete, "/user/me", body);
        Assert.Equal("Give either password or otp_code.", await answer.ReadProblemAsync(HttpStatusCode.BadRequest));
        await (await ada.Send(HttpMethod.Delete, "/user/me")).ReadProblemAsync(HttpStatusCode.BadRequest);
        Assert.True(await ada.IsSignedIn());
    }

    private static Task<HttpResponseMessage> Delete(ApiUser person, object proof) =>
        person.Send(HttpMethod.Delete, "/user/me", JsonSerializer.Serialize(proof));

    private static async Task<(string Id, string? Name)> Shown(ApiUser person)
    {
        var shown = await (await person.Send(HttpMethod.Get, "/user/me")).ReadJsonAsync();
        return (shown.Text("id"), shown.GetProperty("name").GetString());
    }
}
