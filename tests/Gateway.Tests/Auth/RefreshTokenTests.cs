using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Each refresh token can be used once, at two gateways before the real grains.</summary>
public sealed class RefreshTokenTests(GatewayFixture gateway)
{
    [Fact]
    public async Task A_reused_refresh_token_ends_the_whole_session()
    {
        var ada = await gateway.NewUser().SignIn();
        var stolen = ada.RefreshToken;
        await ada.StoreTokens(await ada.ExchangeRefreshToken(stolen));
        Assert.True(await ada.IsSignedIn());
        Assert.NotEqual(stolen, ada.RefreshToken);

        var reuse = await ada.ExchangeRefreshToken(stolen);
        Assert.StartsWith("refresh_token is used", await reuse.ReadProblemAsync(HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        await (await ada.ExchangeRefreshToken(ada.RefreshToken)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        await ada.WaitUntilSignedOut();
    }

    [Fact]
    public async Task Refused_logins_and_refreshes_carry_a_WWW_Authenticate_challenge()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        var spent = ada.RefreshToken;

        Assert.Empty((await ada.Login()).Headers.WwwAuthenticate);
        Assert.Empty((await ada.ExchangeRefreshToken(spent)).Headers.WwwAuthenticate);
        Assert.Equal("Bearer", (await ada.Login("not the password")).Headers.WwwAuthenticate.ToString());
        Assert.Equal("Bearer", (await ada.ExchangeRefreshToken(spent)).Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Of_fifty_parallel_uses_of_a_refresh_token_one_succeeds_and_the_session_ends()
    {
        var ada = await gateway.NewUser().SignIn();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ada.ExchangeRefreshToken(ada.RefreshToken)));
        var winner = Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.OK);
        Assert.Equal(49, answers.Count(answer => answer.StatusCode is HttpStatusCode.Unauthorized));
        await ada.StoreTokens(winner);
        await ada.WaitUntilSignedOut();
        await (await ada.ExchangeRefreshToken(ada.RefreshToken)).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_refresh_whose_response_was_lost_can_be_repeated_with_its_key_at_any_gateway()
    {
        var ada = await gateway.NewUser().SignIn();
        var spent = ada.RefreshToken;
        using var elsewhere = await gateway.CreateAnonymousClientAtSecondGateway();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(number => ada.ExchangeRefreshToken(spent, "first", number % 2 == 0 ? elsewhere : null)));
        var tokens = await Task.WhenAll(answers.Select(async answer => (await answer.ReadJsonAsync()).Text("refresh_token")));
        Assert.Single(tokens.Distinct());

        await ada.StoreTokens(await ada.ExchangeRefreshToken(spent, "first"));
        Assert.True(await ada.IsSignedIn());
        Assert.Equal(tokens[0], ada.RefreshToken);
        await ada.StoreTokens(await ada.ExchangeRefreshToken(ada.RefreshToken, "second"));
        Assert.True(await ada.IsSignedIn());
    }

    [Theory]
    [InlineData("another")]
    [InlineData(null)]
    public async Task A_used_refresh_token_without_its_key_ends_the_session(string? key)
    {
        var ada = await gateway.NewUser().SignIn();
        var spent = ada.RefreshToken;
        await ada.StoreTokens(await ada.ExchangeRefreshToken(spent, "the-key"));

        await (await ada.ExchangeRefreshToken(spent, key)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        await (await ada.ExchangeRefreshToken(ada.RefreshToken)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        await ada.WaitUntilSignedOut();
    }

    [Fact]
    public async Task A_used_refresh_token_with_its_key_ends_the_session_once_its_successor_was_used()
    {
        var ada = await gateway.NewUser().SignIn();
        var spent = ada.RefreshToken;
        await ada.StoreTokens(await ada.ExchangeRefreshToken(spent, "the-key"));
        await ada.StoreTokens(await ada.ExchangeRefreshToken(ada.RefreshToken, "the-next-key"));

        await (await ada.ExchangeRefreshToken(spent, "the-key")).ReadProblemAsync(HttpStatusCode.Unauthorized);
        await (await ada.ExchangeRefreshToken(ada.RefreshToken)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        await ada.WaitUntilSignedOut();
    }

    [Fact]
    public async Task A_malformed_key_is_refused_before_the_refresh_token_is_used()
    {
        var ada = await gateway.NewUser().SignIn();
        await (await ada.ExchangeRefreshToken(ada.RefreshToken, new string('k', 256))).ReadProblemAsync(HttpStatusCode.BadRequest);
        await ada.StoreTokens(await ada.ExchangeRefreshToken(ada.RefreshToken, new string('k', 255)));
        Assert.True(await ada.IsSignedIn());
    }

    [Fact]
    public async Task A_forged_refresh_token_is_refused_and_ends_no_session()
    {
        var ada = await gateway.NewUser().SignIn();
        var eve = await gateway.NewUser().SignIn();
        var middle = ada.RefreshToken.Length / 2;
        foreach (var invented in new[]
        {
            "", "x", ada.Token, new string('A', ada.RefreshToken.Length), ada.RefreshToken + "A", eve.RefreshToken[..middle] + ada.RefreshToken[middle..],
            ada.RefreshToken[..middle] + (ada.RefreshToken[middle] == 'A' ? 'B' : 'A') + ada.RefreshToken[(middle + 1)..],
        })
        {
            await (await ada.ExchangeRefreshToken(invented)).ReadProblemAsync(HttpStatusCode.Unauthorized);
        }

        await ada.StoreTokens(await ada.ExchangeRefreshToken(ada.RefreshToken));
        Assert.True(await ada.IsSignedIn());
    }

    [Fact]
    public async Task A_refresh_token_is_not_accepted_as_an_access_token()
    {
        var ada = await gateway.NewUser().SignIn();
        using var http = gateway.CreateAnonymousClient();
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {ada.RefreshToken}");
        await (await http.GetAsync("/user/me")).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }
}
