using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces;

namespace GeminiChat.Gateway.Tests.Shares;

/// <summary>What everybody with the token of a share sees, and when nobody sees it any more.</summary>
public sealed class SharedConversationTests(GatewayFixture gateway) : IAsyncLifetime
{
    private ApiUser _user = null!;

    private RoomDriver Room => _user.Room;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_shared_branch_is_shown_and_nothing_else_of_the_room()
    {
        await Room.Store(("First?", "Other branch"), ("Second?", "**Yes**"));
        await Room.StoreRegenerated(3, "Newer");
        await Room.StoreFailed("Third?", EndReasons.ModelTimeout);
        var token = await Share();
        await Room.Store(("Later?", "Too late"));
        await Room.StoreRegenerated(6, "Later branch");
        using var renamed = await _user.Send(HttpMethod.Patch, _user.RoomPath, """{"name":"Another name"}""");

        var shared = await (await Get($"/shared/{token}")).ReadJsonAsync();
        Assert.Equal(["name", "created_at", "messages"], shared.Names());
        Assert.Equal("Room", shared.Text("name"));
        var messages = shared.GetProperty("messages").EnumerateArray().ToList();
        Assert.All(messages, message => Assert.Equal(["id", "sender", "content", "timestamp", "status"], message.Names()));
        Assert.Equal([1L, 2, 3, 5, 6, 7], messages.Select(message => message.GetProperty("id").GetInt64()));
        Assert.Equal("failed", messages[^1].Text("status"));

        var page = await (await Get($"/s/{token}")).Content.ReadAsStringAsync();
        Assert.Contains("Newer", page, StringComparison.Ordinal);
        foreach (var hidden in new[] { "Later?", "Too late", "Later branch", "Yes", "Another name", "the room of", _user.Number[1..], "gemini" })
        {
            Assert.DoesNotContain(hidden, shared.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain(hidden, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_page_is_safe_HTML_without_scripts()
    {
        using var named = await _user.Send(HttpMethod.Patch, _user.RoomPath, """{"name":"<script>alert(1)</script>"}""");
        await Room.Store(("<script>alert(2)</script>\n& so on", "**bold** <script>alert(3)</script> [x](javascript:alert(4))"));

        var answer = await Get($"/s/{await Share()}");
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("<strong>bold</strong>", page, StringComparison.Ordinal);
        Assert.Contains("<p class=\"plain\">&lt;script&gt;alert(2)&lt;/script&gt;\n&amp; so on</p>", page, StringComparison.Ordinal);
        Assert.Contains("<meta name=\"robots\" content=\"noindex\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=\"javascript", page, StringComparison.OrdinalIgnoreCase);
        foreach (var style in new[] { "/css/base.css", "/css/rich.css", "/css/share.css" })
        {
            Assert.Contains($"href=\"{style}\"", page, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await Get(style)).StatusCode);
        }
    }

    [Fact]
    public async Task No_answer_is_indexed_cached_or_names_its_address_to_others()
    {
        await Room.Store(("Why?", "Because."));
        var token = await Share();
        foreach (var path in new[] { $"/s/{token}", $"/shared/{token}", "/s/none", "/shared/none", $"/s/{token}?cursor=x", $"/s/{new string('A', 22)}" })
        {
            var answer = await Get(path);
            Assert.Equal("noindex", Header("X-Robots-Tag"));
            Assert.Equal("no-referrer", Header("Referrer-Policy"));
            Assert.Equal("no-store", Header("Cache-Control"));
            Assert.StartsWith("default-src 'none'; style-src 'self';", Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.DoesNotContain("script", Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Set-Cookie"));

            string Header(string name) => answer.Headers.GetValues(name).Single();
        }
    }

    [Fact]
    public async Task A_long_conversation_comes_in_pages()
    {
        await Room.Store([.. Enumerable.Range(0, 60).Select(i => ($"question {i}", $"answer {i}"))]);
        for (var i = 0; i < 60; i++)
        {
            await Room.StoreRegenerated(119, $"newer {i}");
        }

        await Room.Store([.. Enumerable.Range(60, 65).Select(i => ($"question {i}", $"answer {i}"))]);
        var token = await Share();

        var pages = await ReadAll(token);
        Assert.Equal([100, 100, 50], pages.Select(page => page.Count));
        var contents = pages.SelectMany(page => page).Select(message => message.Text("content")).ToList();
        Assert.Equal(
            Enumerable.Range(0, 125).SelectMany(i => new[] { $"question {i}", i == 59 ? "newer 59" : $"answer {i}" }), contents);

        var first = await (await Get($"/s/{token}")).Content.ReadAsStringAsync();
        Assert.Contains($"href=\"/s/{token}?cursor=100\"", first, StringComparison.Ordinal);
        Assert.DoesNotContain("question 50", first, StringComparison.Ordinal);
        var last = await (await Get($"/s/{token}?cursor=260")).Content.ReadAsStringAsync();
        Assert.Contains("question 124", last, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"next\"", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_long_messages_has_fewer_of_them()
    {
        var text = new string('x', 400_000);
        await Room.Store([.. Enumerable.Range(0, 6).Select(_ => ("question", text))]);
        var pages = await ReadAll(await Share());
        Assert.Equal(12, pages.Sum(page => page.Count));
        Assert.All(pages, page => Assert.InRange(page.Sum(message => message.GetRawText().Length), 1, 1024 * 1024));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("")]
    public async Task A_wrong_cursor_is_refused(string cursor)
    {
        await Room.Store(("Why?", "Because."));
        await (await Get($"/shared/{await Share()}?cursor={cursor}")).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_cursor_past_the_end_is_an_empty_page()
    {
        await Room.Store(("Why?", "Because."));
        var shared = await (await Get($"/shared/{await Share()}?cursor=9223372036854775807")).ReadJsonAsync();
        Assert.Empty(shared.GetProperty("messages").EnumerateArray());
    }

    [Theory]
    [InlineData("none")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("\u00E4\u00E4\u00E4")]
    public async Task An_unknown_token_is_not_found_and_activates_no_room(string token)
    {
        var reads = Room.Calls(nameof(IChatroomGrain.GetBranch));
        await AssertAbsent(token);
        Assert.Equal(0, reads.Count);
    }

    [Fact]
    public async Task An_ended_share_is_not_found()
    {
        await Room.Store(("Why?", "Because."));
        var (token, other) = (await Share(), await Share());
        var id = (await (await _user.Send(HttpMethod.Get, $"{_user.RoomPath}/shares")).ReadJsonAsync())[1].Text("id");
        Assert.Equal(HttpStatusCode.NoContent, (await _user.Send(HttpMethod.Delete, $"{_user.RoomPath}/shares/{id}")).StatusCode);

        var found = await Task.WhenAll(new[] { token, other }.Select(async one => (await Get($"/s/{one}")).StatusCode));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.NotFound], found.Order());
    }

    [Fact]
    public async Task The_shares_of_a_deleted_room_are_not_found()
    {
        await Room.Store(("Why?", "Because."));
        var token = await Share();
        await Room.Delete();
        await AssertAbsent(token);
    }

    [Fact]
    public async Task A_room_that_is_deleted_while_it_is_read_is_not_found()
    {
        await Room.Store(("Why?", "Because."));
        var token = await Share();
        Room.Calls(nameof(IChatroomGrain.Read)).Before = _ => Room.Delete();
        await AssertAbsent(token);
    }

    [Fact]
    public async Task The_shares_of_a_deleted_user_are_not_found_before_the_rooms_are_erased()
    {
        var user = await gateway.NewUser().SignUpAndVerify();
        await user.SignInWithRoom();
        await user.Room.Store(("Why?", "Because."));
        using var created = await user.Send(HttpMethod.Post, $"{user.RoomPath}/shares", "{}");
        var token = (await created.ReadJsonAsync()).Text("token");
        using var erasure = new SemaphoreSlim(0);
        user.Room.Calls(nameof(IChatroomGrain.Delete)).Held = erasure.WaitAsync(TestContext.Current.CancellationToken);

        using var deleted = await user.Send(HttpMethod.Delete, "/user/me", JsonSerializer.Serialize(new { password = ApiUser.Password }));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await AssertAbsent(token);
        erasure.Release();
    }

    [Fact]
    public async Task Reads_of_one_address_are_limited_and_do_not_keep_anybody_from_signing_in()
    {
        await using var limited = await GatewayFixture.StartAsync(["--AUTH_REQUESTS_PER_MINUTE_PER_IP=5"]);
        using var http = limited.CreateAnonymousClient();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => http.GetAsync(i % 2 == 0 ? "/s/none" : "/shared/none")));

        Assert.InRange(answers.Count(answer => answer.StatusCode is HttpStatusCode.NotFound), 5, 10);
        var refused = answers.First(answer => answer.StatusCode is not HttpStatusCode.NotFound);
        await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal("\"shares\";q=5;w=60", refused.Headers.GetValues("RateLimit-Policy").Single());
        await (await http.PostJsonAsync("/auth/login", "{}")).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_log_of_a_failed_read_does_not_contain_the_token()
    {
        var log = new LogRecorder();
        await using var own = await GatewayFixture.StartAsync(configure: builder => builder.Logging.AddRecorder(log));
        await Room.Store(("Why?", "Because."));
        var token = await Share();
        Room.Calls(nameof(IChatroomGrain.GetBranch)).Throw(new InvalidOperationException("broken"), new StoreUnavailableException("away"), new StoreUnavailableException("away"));

        Assert.Equal(HttpStatusCode.InternalServerError, (await own.CreateAnonymousClient().GetAsync($"/s/{token}")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await own.CreateAnonymousClient().GetAsync($"/shared/{token}")).StatusCode);
        Assert.Contains(log.Lines, message => message.Contains("/s/{token}", StringComparison.Ordinal));
        Assert.Contains(log.Lines, message => message.Contains("/shared/{token}", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, message => message.Contains(token, StringComparison.Ordinal));
    }

    private async Task<string> Share()
    {
        using var created = await _user.Send(HttpMethod.Post, $"{_user.RoomPath}/shares", "{}");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        return (await created.ReadJsonAsync()).Text("token");
    }

    private Task<HttpResponseMessage> Get(string path) => gateway.CreateAnonymousClient().GetAsync(path);

    private async Task<List<List<JsonElement>>> ReadAll(string token)
    {
        var pages = new List<List<JsonElement>>();
        for (var query = ""; query is not null;)
        {
            var page = await (await Get($"/shared/{token}{query}")).ReadJsonAsync();
            pages.Add([.. page.GetProperty("messages").EnumerateArray()]);
            query = page.TryGetProperty("next", out var next) ? $"?cursor={next.GetString()}" : null;
        }

        return pages;
    }

    private async Task AssertAbsent(string token)
    {
        await (await Get($"/s/{token}")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await Get($"/shared/{token}")).ReadProblemAsync(HttpStatusCode.NotFound);
    }
}
