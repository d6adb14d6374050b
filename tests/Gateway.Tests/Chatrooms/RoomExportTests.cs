using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Threading.RateLimiting;
using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces.Chatrooms;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Gateway.Tests.Chatrooms;

public sealed class RoomExportTests(GatewayFixture gateway) : IAsyncLifetime
{
    private ApiUser _user = null!;

    private RoomDriver Room => _user.Room;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_long_room_is_exported_completely_and_in_order()
    {
        await Room.Store([.. Enumerable.Range(0, 125).Select(i => ($"question {i}", ""))]);

        var answer = await Export();
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var room = await answer.ReadJsonAsync();
        Assert.Equal(["id", "name", "system_prompt", "created_at", "version", "head", "messages"], room.Names());
        Assert.Equal(Enumerable.Range(1, 250), room.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetInt32()));
        var viewed = await (await _user.Client.GetAsync($"{_user.RoomPath}?limit=1")).ReadJsonAsync();
        Assert.Equal(viewed.GetProperty("messages")[0].GetRawText(), room.GetProperty("messages")[249].GetRawText());
    }

    [Fact]
    public async Task A_room_without_messages_is_exported_too()
    {
        Assert.Empty((await (await Export()).ReadJsonAsync()).GetProperty("messages").EnumerateArray());
        Assert.Equal(await Head(), await (await Export("?format=markdown")).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("", null, "application/json")]
    [InlineData("", "*/*", "application/json")]
    [InlineData("", "text/markdown", "text/markdown")]
    [InlineData("", "text/markdown;q=0.5, application/json", "application/json")]
    [InlineData("?format=markdown", "application/json", "text/markdown")]
    [InlineData("?format=json", "text/markdown", "application/json")]
    [InlineData("", "text/html", "text/html")]
    [InlineData("?format=html", "application/json", "text/html")]
    public async Task The_query_or_else_the_Accept_header_chooses_the_format(string query, string? accept, string type) =>
        Assert.Equal(type, (await Export(query, accept)).Content.Headers.ContentType?.MediaType);

    [Fact]
    public async Task An_unknown_export_format_is_refused() =>
        await (await Export("?format=pdf")).ReadProblemAsync(HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("Plain", "attachment; filename=Plain.json; filename*=UTF-8''Plain.json")]
    [InlineData("\u00DCber \u6F22", "filename*=UTF-8''%C3%9Cber%20%E6%BC%A2.json")]
    [InlineData("a\u202Egpj.exe\u2066b\u200F", "attachment; filename=agpj.exeb.json;")]
    [InlineData("../a\\b:\"c\"\r\nX: y", "filename*=UTF-8''..-a-b--c---X-%20y.json")]
    public async Task The_file_is_named_after_the_room(string name, string disposition)
    {
        using var renamed = await _user.Client.PatchAsJsonAsync(_user.RoomPath, new { name });
        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        var answer = await Export();
        Assert.Contains(disposition, answer.Content.Headers.GetValues("Content-Disposition").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_shows_who_said_what_and_how_it_ended()
    {
        await Room.Store(("Why?\n```\nopen code", "Because."));
        await Room.StoreFailed("Again?", EndReasons.ModelTimeout);
        await Room.Ask("~~~\nclosed\n~~~");
        await Room.Say("So f");

        Assert.Equal(
            $"""
            {await Head()}
            ## You

            Why?
            ```
            open code
            ```

            ## Assistant

            Because.

            ## You

            Again?

            ## Assistant

            *The model did not answer in time.*

            ## You

            ~~~
            closed
            ~~~

            ## Assistant

            So f

            *This is still being written.*

            """.ReplaceLineEndings("\n"),
            await (await Export("?format=markdown")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_page_is_one_safe_file_with_its_styles_and_without_scripts()
    {
        using var renamed = await _user.Client.PatchAsJsonAsync(_user.RoomPath, new { name = "<script>alert(1)</script>" });
        await Room.Store(("<b>Why?</b>", "**Because** <script>alert(2)</script> $x^2$\n\n```py\nif 1: pass\n```"));
        await Room.StoreFailed("Again?", EndReasons.ModelTimeout);

        var page = await (await Export("?format=html")).Content.ReadAsStringAsync();

        Assert.StartsWith("<!DOCTYPE html>\n", page, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", page, StringComparison.Ordinal);
        foreach (var part in new[] { "default-src 'none'; style-src 'unsafe-inline'", "&lt;b&gt;Why?&lt;/b&gt;", "<strong>Because</strong>", "<math>", "<span class=\"keyword\">if", "--code-keyword:", "did not answer in time" })
        {
            Assert.Contains(part, page, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shown_branch_is_exported_or_else_all_messages()
    {
        await Room.Store(("Why?", "Old"), ("Second?", "Yes"));
        await Room.StoreRegenerated(1, "New");

        Assert.Equal(["Why?", "New"], await Contents(""));
        Assert.Equal(["Why?", "New"], await Contents("?view=path"));
        Assert.Equal(["Why?", "Old", "Second?", "Yes", "New"], await Contents("?view=all"));
        var document = await (await Export("?format=markdown")).Content.ReadAsStringAsync();
        Assert.EndsWith("## You\n\nWhy?\n\n## Assistant\n\nNew\n", document, StringComparison.Ordinal);
        var all = await (await Export("?format=markdown&view=all")).Content.ReadAsStringAsync();
        Assert.Contains("## Assistant\n\nOld\n", all, StringComparison.Ordinal);
        await (await Export("?view=tree")).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_reply_that_is_superseded_while_the_room_is_sent_is_shown()
    {
        await Room.Store(("Why?", "Old"));
        AtRead(1, () => Room.Regenerate(2, "New"));

        Assert.Contains("## Assistant\n\nOld\n", await (await Export("?format=markdown")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_the_replies_superseded_during_an_export_only_the_newest_is_shown()
    {
        await Room.Store(("Why?", "Old"));
        await Room.StoreRegenerated(1, "Newer");
        await Room.StoreRegenerated(1, "Newest");
        foreach (var later in new[] { "Later", "Latest" })
        {
            AtRead(2, () => Room.Regenerate(Room.Reply, later));
            var messages = (await (await Export("?view=all")).ReadJsonAsync()).GetProperty("messages").EnumerateArray().ToList();
            var newest = messages[^1].GetProperty("id").GetInt64();
            Assert.Equal(later is "Later" ? "Newest" : "Later", messages[^1].Text("content"));
            Assert.All(messages[1..^1], reply => Assert.Equal(newest, reply.GetProperty("superseded_by").GetInt64()));
            Assert.False(messages[^1].TryGetProperty("superseded_by", out _));
        }
    }

    [Fact]
    public async Task A_document_export_waits_for_the_renderer_and_is_complete()
    {
        await using var own = await GatewayFixture.StartAsync();
        _user = await own.NewUserWithRoom();
        await Room.Store(("```\nWhy?", ""));
        var renderer = own.Services.GetRequiredService<ReplyRenderer>();
        var turns = new List<RateLimitLease>();
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
        {
            turns.Add(await renderer.AcquireLeaseAsync(TestContext.Current.CancellationToken));
        }

        var document = Content("?format=markdown");
        Assert.Contains("Why?", await Content("?format=json"), StringComparison.Ordinal);
        Assert.False(document.IsCompleted);
        turns.ForEach(turn => turn.Dispose());
        Assert.Contains("```\nWhy?\n```\n", await document, StringComparison.Ordinal);

        async Task<string> Content(string query) => await (await Export(query)).Content.ReadAsStringAsync();
    }

    [Theory]
    [InlineData("```\na", "```\na\n```")]
    [InlineData("~~~~ x\na\n~~~", "~~~~ x\na\n~~~\n~~~~")]
    [InlineData("a\n    ```\nb", "a\n    ```\nb")]
    [InlineData("- ```\n  a", "- ```\n  a")]
    [InlineData("> ```\n> a", "> ```\n> a")]
    [InlineData("``` a`b\nc", "``` a`b\nc")]
    [InlineData("a <!-- b", "a <!-- b")]
    [InlineData("<!-- b", "<!-- b\n-->")]
    public async Task Only_an_unclosed_block_of_a_message_is_closed(string text, string closed)
    {
        await Room.Store((text, "Answer"));
        Assert.Contains(
            $"## You\n\n{closed}\n\n## Assistant\n\nAnswer\n", await (await Export("?format=markdown")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_after_the_start_of_an_export_are_left_out_and_a_deleted_room_aborts_it()
    {
        await Room.Store([.. Enumerable.Range(0, 100).Select(i => ($"question {i}", ""))]);
        AtRead(1, () => Room.Ask("late"));
        Assert.Equal(200, (await (await Export()).ReadJsonAsync()).GetProperty("messages").GetArrayLength());

        AtRead(2, Room.Delete);
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () => await (await Export()).Content.ReadAsStringAsync());
    }

    private async Task<IEnumerable<string?>> Contents(string query) =>
        (await (await Export(query)).ReadJsonAsync()).GetProperty("messages").EnumerateArray().Select(message => message.Text("content"));

    /// <summary>Lets something happen before the room is read for this time from now on.</summary>
    private void AtRead(int time, Func<Task> action) =>
        Room.Calls(nameof(IChatroomGrain.Read)).Before = reads => reads == time ? action() : Task.CompletedTask;

    /// <summary>What a document begins with.</summary>
    private async Task<string> Head()
    {
        var room = await (await _user.Client.GetAsync(_user.RoomPath)).ReadJsonAsync();
        var created = room.GetProperty("created_at").GetDateTimeOffset().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return $"# Room\n\nCreated {created} UTC\n\n## System prompt\n\n{room.Text("system_prompt")}\n";
    }

    private Task<HttpResponseMessage> Export(string query = "", string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{_user.RoomPath}/export{query}");
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return _user.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
