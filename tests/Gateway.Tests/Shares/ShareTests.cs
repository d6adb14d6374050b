using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Shares;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Shares;

/// <summary>Making, listing and ending shares.</summary>
public sealed class ShareTests(GatewayFixture gateway) : IAsyncLifetime
{
    private const string Never = "{}";

    private ApiUser _user = null!;

    private string SharesPath => $"{_user.RoomPath}/shares";

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_share_has_an_address_of_its_own()
    {
        await _user.Room.Store(("Why?", "Because."));
        var answer = await Share("""{"expires_at":"2099-01-31T12:00:00.1239+01:00"}""");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var share = await answer.ReadJsonAsync();
        Assert.Equal(["id", "url", "token", "created_at", "expires_at"], share.Names());
        Assert.Equal($"{SharesPath}/{share.Text("id")}", answer.Headers.Location?.ToString());
        Assert.Equal($"{gateway.Address.GetLeftPart(UriPartial.Authority)}/s/{share.Text("token")}", share.Text("url"));
        Assert.Equal("2099-01-31T11:00:00.123Z", share.Text("expires_at"));
        Assert.Equal(HttpStatusCode.OK, (await gateway.CreateAnonymousClient().GetAsync(share.Text("url"))).StatusCode);
        Assert.NotEqual(share.Text("token"), (await (await Share(Never)).ReadJsonAsync()).Text("token"));
    }

    [Fact]
    public async Task The_public_url_is_preferred_and_a_malformed_host_is_refused()
    {
        await _user.Room.Store(("Why?", "Because."));
        await using var named = await GatewayFixture.StartAsync(["--PUBLIC_URL=https://chat.example.org/"]);
        var share = await (await _user.Send(HttpMethod.Post, SharesPath, Never, named.CreateAnonymousClient())).ReadJsonAsync();
        Assert.StartsWith("https://chat.example.org/s/", share.Text("url"), StringComparison.Ordinal);

        using var http = gateway.CreateAnonymousClient();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Host", "a/b?c");
        var refused = await _user.Send(HttpMethod.Post, SharesPath, Never, http);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task A_repeat_with_the_key_gets_the_same_share()
    {
        await _user.Room.Store(("Why?", "Because."));
        var first = await (await Share(Never, "key")).ReadJsonAsync();
        await _user.Room.Ask();
        Assert.Equal(first.GetRawText(), (await (await Share(Never, "key")).ReadJsonAsync()).GetRawText());
        Assert.Equal(first.Text("id"), Assert.Single(await List()).Text("id"));

        await (await Share("""{"expires_at":"2099-01-01T00:00:00Z"}""", "key")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        await _user.Room.End(MessageStatus.Stopped);
        Assert.NotEqual(first.Text("id"), (await (await Share(Never, "other")).ReadJsonAsync()).Text("id"));
    }

    [Fact]
    public async Task A_repeat_gets_the_same_token_also_after_a_rotation_of_the_secret()
    {
        const string Old = "an older secret key of a test which is long enough", New = "a newer secret key of a test which is long enough";
        await _user.Room.Store(("Why?", "Because."));
        var answers = new List<HttpResponseMessage>();
        foreach (var settings in new[] { [$"--SECRET_KEY={Old}"], [$"--SECRET_KEY={New}", $"--SECRET_KEY_PREVIOUS={Old}"], new[] { $"--SECRET_KEY={New}" } })
        {
            await using var one = await GatewayFixture.StartAsync(settings);
            using var http = one.CreateAnonymousClient();
            http.DefaultRequestHeaders.Authorization = new("Bearer", one.TokenOf(_user));
            answers.Add(await http.PostJsonAsync(SharesPath, Never, "key"));
            await answers[^1].Content.LoadIntoBufferAsync();
        }

        Assert.Equal((await answers[0].ReadJsonAsync()).Text("token"), (await answers[1].ReadJsonAsync()).Text("token"));
        Assert.Equal(HttpStatusCode.Gone, answers[2].StatusCode);
    }

    [Fact]
    public async Task An_ended_share_is_gone_and_a_repeat_does_not_make_it_again()
    {
        await _user.Room.Store(("Why?", "Because."));
        var answer = await Share(Never, "key");
        var share = await answer.ReadJsonAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await _user.Client.DeleteAsync(answer.Headers.Location)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _user.Client.DeleteAsync(answer.Headers.Location)).StatusCode);

        await (await Share(Never, "key")).ReadProblemAsync(HttpStatusCode.Gone);
        Assert.Empty(await List());
        await (await gateway.CreateAnonymousClient().GetAsync($"/shared/{share.Text("token")}")).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Shares_are_listed_in_pages_newest_first()
    {
        await _user.Room.Store(("Why?", "Because."));
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Insert(0, (await (await Share(Never)).ReadJsonAsync()).Text("id"));
        }

        var listed = new List<string>();
        for (var next = $"{SharesPath}?limit=2"; next is not null;)
        {
            var answer = await _user.Client.GetAsync(next);
            var page = await answer.ReadJsonAsync();
            Assert.All(page.EnumerateArray(), share => Assert.Equal(["id", "name", "created_at"], share.Names()));
            listed.AddRange(page.EnumerateArray().Select(share => share.Text("id")));
            next = answer.Headers.TryGetValues("Link", out var link) ? link.Single()[1..^">; rel=\"next\"".Length] : null;
        }

        Assert.Equal(made.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.Equal((await List()).Select(share => share.Text("id")), listed);
    }

    [Theory]
    [InlineData("limit=101")]
    [InlineData("limit=0")]
    [InlineData("cursor=")]
    [InlineData("cursor=1-2")]
    [InlineData("cursor=99999999999999999-00000000000000000000000000000000")]
    public async Task A_wrong_page_of_the_list_is_refused(string query) =>
        await (await _user.Client.GetAsync($"{SharesPath}?{query}")).ReadProblemAsync(HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("""{"expires_at":"2020-01-01T00:00:00Z"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"expires_at":"tomorrow"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"expires_at":5}""", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.Conflict)]
    [InlineData("", HttpStatusCode.Conflict)]
    public async Task What_cannot_be_shared_is_refused(string body, HttpStatusCode status) =>
        await (await Share(body)).ReadProblemAsync(status);

    [Fact]
    public async Task A_room_whose_last_reply_is_being_written_cannot_be_shared()
    {
        await _user.Room.Ask();
        Assert.StartsWith("A reply of this branch is still", await (await Share(Never)).ReadProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        await _user.Room.End(MessageStatus.Stopped);
        Assert.Equal(HttpStatusCode.Created, (await Share(Never)).StatusCode);
    }

    [Fact]
    public async Task The_shares_of_another_user_are_absent()
    {
        await _user.Room.Store(("Why?", "Because."));
        var share = await Share(Never);
        var other = await gateway.NewUserWithRoom();
        await (await other.Send(HttpMethod.Post, SharesPath, Never)).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await other.Send(HttpMethod.Get, SharesPath)).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await other.Send(HttpMethod.Delete, share.Headers.Location!.ToString())).ReadProblemAsync(HttpStatusCode.NotFound);
        var id = share.Headers.Location.ToString().Split('/')[^1];
        await (await other.Send(HttpMethod.Delete, $"{other.RoomPath}/shares/{id}")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await _user.Client.DeleteAsync($"{SharesPath}/{Guid.CreateVersion7():D}")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await _user.Client.DeleteAsync($"{SharesPath}/none")).ReadProblemAsync(HttpStatusCode.NotFound);
        Assert.Single(await List());
    }

    [Fact]
    public async Task Only_the_hash_of_a_token_is_stored()
    {
        await _user.Room.Store(("Why?", "Because."));
        var share = await (await Share(Never)).ReadJsonAsync();
        var stored = Assert.Single((await SharedSilo.Current.Grains.Shares().List(new RoomKey(_user.Id, _user.RoomId)))!.Value);
        Assert.Equal(ShareTokens.Hash(share.Text("token")), stored.TokenHash);
        Assert.Equal(22, share.Text("token").Length);
    }

    private Task<HttpResponseMessage> Share(string body, string? key = null) => _user.Client.PostJsonAsync(SharesPath, body, key);

    private async Task<List<JsonElement>> List() => [.. (await (await _user.Client.GetAsync(SharesPath)).ReadJsonAsync()).EnumerateArray()];
}
