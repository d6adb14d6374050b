using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Fakes;

namespace GeminiChat.Cluster.Tests;

/// <summary>Users of other issuers and of the team's own server come to either gateway.</summary>
[Collection<StableMembers>]
public sealed class IdentityTests(StableClusterFixture fixture) : IAsyncLifetime
{
    private RunningCluster _cluster = null!;

    private FakeIssuer Issuer => fixture.Issuer;

    private HttpClient First => _cluster.Gateways[0].Http;

    private HttpClient Second => _cluster.Gateways[1].Http;

    public async ValueTask InitializeAsync()
    {
        _cluster = await fixture.GetHealthyCluster();
        _cluster.Gemini.ReplyWith(request => Script.Words($"re {request.LastText}"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_subject_of_an_issuer_is_one_user_at_both_gateways()
    {
        var token = Issuer.Token(NewSubject());
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
            (await new ChatUser(i % 2 == 0 ? First : Second, token).Get("/user/me")).GetProperty("id").GetString()));

        Assert.Single(ids.Distinct());
        var room = await new ChatUser(First, token).NewRoom();
        Assert.Equal("re one", (await new ChatUser(Second, token).Ask(room, "one")).Text());
    }

    [Fact]
    public async Task Logout_everywhere_at_one_gateway_ends_tokens_and_streams_at_the_other()
    {
        var (first, second) = Both(Issuer.Token(NewSubject()));
        await first.Get("/user/me");
        await second.Get("/user/me");
        using var deadline = Deadline.Start();
        var notices = second.Notices(lastEventId: null, deadline.Token);
        var end = FirstError(notices);

        using var done = await first.Send(HttpMethod.Post, "/auth/logout", new { everywhere = true });

        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        Assert.Equal(401, (await end.WaitAsync(deadline.Token)).GetProperty("status").GetInt32());
        using var refused = await second.Send(HttpMethod.Get, "/user/me");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_deleted_subject_is_a_new_user_at_the_other_gateway()
    {
        var subject = NewSubject();
        var (first, second) = Both(Issuer.Token(subject));
        var id = (await first.Get("/user/me")).GetProperty("id").GetString();
        using var deleted = await first.Send(HttpMethod.Delete, "/user/me");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        var later = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 2;
        var next = (await new ChatUser(Second, Issuer.Token(subject, ("iat", later))).Get("/user/me")).GetProperty("id").GetString();

        Assert.NotEqual(id, next);
        using var refused = await second.Send(HttpMethod.Get, "/user/me");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task An_API_key_works_at_both_gateways_until_it_is_revoked()
    {
        (string, string)[] settings = [("DATABASE_URL", _cluster.Postgres.Url)];
        using var folder = new TemporaryFolder();
        var key = await KeysCommand.Create(folder.Path, settings);
        var subject = NewSubject();
        var users = new List<string?>();
        foreach (var gateway in new[] { First, Second })
        {
            using var answer = await RequestTokens(gateway, key, subject);
            var token = (await ChatUser.Json(answer)).GetProperty("access_token").GetString()!;
            users.Add((await new ChatUser(Second, token).Get("/user/me")).GetProperty("id").GetString());
        }

        Assert.Single(users.Distinct());
        Assert.Equal(0, (await KeysCommand.Run(folder.Path, ["revoke", key.Split('_')[1]], settings)).Code);
        foreach (var gateway in new[] { First, Second })
        {
            using var refused = await RequestTokens(gateway, key, subject);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
    }

    private static string NewSubject() => Guid.CreateVersion7().ToString();

    private static async Task<JsonElement> FirstError(IAsyncEnumerator<SseItem<string>> notices)
    {
        while (await notices.MoveNextAsync())
        {
            if (notices.Current.EventType == "error")
            {
                return JsonElement.Parse(notices.Current.Data);
            }
        }

        throw new InvalidOperationException("The stream has ended without an error.");
    }

    private (ChatUser First, ChatUser Second) Both(string token) => (new ChatUser(First, token), new ChatUser(Second, token));

    private static async Task<HttpResponseMessage> RequestTokens(HttpClient gateway, string key, string subject)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/token") { Content = JsonContent.Create(new { subject }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await gateway.SendAsync(request);
    }
}
