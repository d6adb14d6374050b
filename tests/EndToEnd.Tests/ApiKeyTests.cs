using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A server of the team that signs its users in, against the program as an operator runs it.</summary>
public sealed class ApiKeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_is_created_and_revoked_while_the_service_runs_and_survives_its_death()
    {
        var (code, early) = await KeysCommand.Run(_folder.Path, ["list"]);
        Assert.Equal(1, code);
        Assert.Contains("Start this version of the service on it once", early, StringComparison.Ordinal);

        await using var gateway = await GatewayProcess.Start(_folder.Path);
        var key = await KeysCommand.Create(_folder.Path);
        var user = await SignIn(gateway, key);
        var room = await user.NewRoom();
        Assert.NotEmpty(await user.Ask(room, "Hello"));
        await gateway.Kill();
        await gateway.Restart();
        await gateway.WaitUntilReady();

        var again = await SignIn(gateway, key);
        Assert.Single((await again.Get("/chatroom")).EnumerateArray());
        Assert.Equal(0, (await KeysCommand.Run(_folder.Path, ["revoke", key.Split('_')[1]])).Code);
        using var refused = await RequestTokens(gateway, key);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Single((await again.Get("/chatroom")).EnumerateArray());
        Assert.DoesNotContain(key[^40..], gateway.Output, StringComparison.Ordinal);
    }

    private static async Task<ChatUser> SignIn(GatewayProcess gateway, string key)
    {
        using var answer = await RequestTokens(gateway, key);
        return new ChatUser(gateway.Http, (await ChatUser.Json(answer)).GetProperty("access_token").GetString()!);
    }

    private static async Task<HttpResponseMessage> RequestTokens(GatewayProcess gateway, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/token") { Content = JsonContent.Create(new { subject = "user-1" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await gateway.Http.SendAsync(request);
    }
}
