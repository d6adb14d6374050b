using System.Net;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Tests.Rendering;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Chatrooms;

public sealed class MessageTests(GatewayFixture gateway) : IAsyncLifetime
{
    private const string Hello = """{"content":"Hello"}""";

    private ApiUser _user = null!;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(null)]
    [InlineData("*/*")]
    [InlineData("application/json")]
    [InlineData("application/xml")]
    [InlineData("text/event-stream;q=0.5, application/json")]
    [InlineData("text/event-stream;q=0, */*;q=0.1")]
    public async Task A_message_is_accepted_with_both_ids_and_the_place_in_the_queue(string? accept)
    {
        var response = await _user.Client.PostJsonAsync(_user.MessagesPath, Hello, accept: accept);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"{_user.MessagesPath}/2", response.Headers.Location!.OriginalString);
        var time = (await (await _user.Client.GetAsync($"{_user.MessagesPath}/1")).ReadJsonAsync()).Text("timestamp");
        Assert.Equal(
            $$$"""{"message":{"id":1,"sender":"user","content":"Hello","timestamp":"{{{time}}}","status":"completed"},"reply":{"id":2,"sender":"ai","content":"","timestamp":"{{{time}}}","status":"queued","reply_to":1,"attempt":1,"cursor":"1-0","parent_id":1},"position":0}""",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_post_with_the_key_of_another_is_that_one_and_without_a_key_each_post_is_one()
    {
        for (var i = 0; i < 2; i++)
        {
            await _user.Client.PostJsonAsync(_user.MessagesPath, Hello, "mine");
        }

        Assert.Single(await _user.Room.Questions());
        await _user.Client.PostJsonAsync(_user.MessagesPath, Hello);
        await _user.Client.PostJsonAsync(_user.MessagesPath, Hello);

        Assert.Equal(3, (await _user.Room.Questions()).Count);
    }

    [Fact]
    public async Task A_post_is_repeated_once_with_its_key_after_an_outage()
    {
        var posts = _user.Room.Calls(nameof(IChatroomGrain.Post));
        posts.Throw(new StoreOutcomeUnknownException("no"));

        var response = await _user.Client.PostJsonAsync(_user.MessagesPath, Hello);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(2, posts.Count);
        Assert.Single(await _user.Room.Questions());
    }

    [Fact]
    public async Task A_post_during_a_lasting_outage_gets_503_with_Retry_After()
    {
        _user.Room.Calls(nameof(IChatroomGrain.Post)).Throw(new StoreUnavailableException("no"), new StoreUnavailableException("no"));

        var response = await _user.Client.PostJsonAsync(_user.MessagesPath, Hello, accept: "text/event-stream");

        await response.ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_room_that_there_is_not_takes_no_message() =>
        await IsRefused($"/chatroom/{Guid.CreateVersion7():D}/message", HttpStatusCode.NotFound);

    [Fact]
    public async Task A_key_that_came_with_other_content_is_refused()
    {
        await _user.Client.PostJsonAsync(_user.MessagesPath, """{"content":"something else"}""", "used");

        await IsRefused(_user.MessagesPath, HttpStatusCode.UnprocessableEntity, "used");
    }

    [Fact]
    public async Task A_full_queue_takes_no_message()
    {
        for (var i = 0; i <= 20; i++)
        {
            await _user.Room.Ask($"question {i}");
        }

        await IsRefused(_user.MessagesPath, HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Content_over_32000_code_units_is_refused()
    {
        var response = await _user.Client.PostJsonAsync(_user.MessagesPath, $$"""{"content":"{{new string('a', 32_001)}}"}""");

        Assert.Contains("32000", await response.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MessageStatus.Incomplete, EndReasons.Length, "incomplete", false)]
    [InlineData(MessageStatus.Incomplete, EndReasons.Truncated, "incomplete", true)]
    [InlineData(MessageStatus.Failed, EndReasons.ModelUnavailable, "failed", true)]
    public async Task An_incomplete_or_failed_reply_has_a_reason_and_says_whether_a_retry_can_help(
        MessageStatus status, string reason, string word, bool retryable)
    {
        await _user.Room.Ask();
        if (status is MessageStatus.Incomplete)
        {
            await _user.Room.Say("Half");
        }

        await _user.Room.End(status, reason);

        var message = await (await _user.Client.GetAsync($"{_user.MessagesPath}/2")).ReadJsonAsync();

        Assert.Equal(["id", "sender", "content", "timestamp", "status", "reply_to", "error", "parent_id"], message.Names().Except(["model", "usage"]));
        Assert.Equal(word, message.Text("status"));
        Assert.Equal(reason, message.GetProperty("error").Text("reason"));
        Assert.NotEmpty(message.GetProperty("error").Text("detail"));
        Assert.Equal(retryable, message.GetProperty("error").GetProperty("retryable").GetBoolean());
    }

    [Theory]
    [InlineData(EndReasons.Length, false)]
    [InlineData(EndReasons.Truncated, true)]
    [InlineData(EndReasons.Safety, false)]
    [InlineData(EndReasons.Empty, true)]
    [InlineData(EndReasons.TooLong, false)]
    [InlineData(EndReasons.FileRefused, false)]
    [InlineData(EndReasons.ModelQuota, false)]
    [InlineData(EndReasons.ModelUnavailable, true)]
    [InlineData(EndReasons.ModelConfig, false)]
    [InlineData(EndReasons.ModelTimeout, true)]
    [InlineData(EndReasons.ModelError, true)]
    [InlineData(EndReasons.Interrupted, true)]
    public void Every_reason_is_told_in_words_and_with_whether_to_ask_again(string reason, bool retryable)
    {
        var error = MessageError.Of(reason);

        Assert.Equal((reason, retryable), (error.Reason, error.Retryable));
        Assert.NotEmpty(error.Detail);
    }

    [Fact]
    public async Task The_cursor_of_a_reply_being_written_counts_code_units()
    {
        await _user.Room.Ask();
        await _user.Room.Restart();
        await _user.Room.Say("a\U0001F600");

        var message = await (await _user.Client.GetAsync($"{_user.MessagesPath}/2")).ReadJsonAsync();

        Assert.Equal("2-3", message.Text("cursor"));
        Assert.Equal(2, message.GetProperty("attempt").GetInt32());
    }

    [Fact]
    public async Task A_table_that_would_expand_a_thousandfold_is_sent_as_text()
    {
        await _user.Room.Ask();
        await _user.Room.Say(PathologicalMarkdown.WideTable(5_000));
        await _user.Room.End(MessageStatus.Completed);

        foreach (var path in (string[])[$"{_user.MessagesPath}/2", _user.RoomPath])
        {
            var body = await _user.Client.GetByteArrayAsync($"{path}?render=html");
            Assert.InRange(body.Length, 2 * 30_000, 10 * 30_000);
        }
    }

    [Fact]
    public async Task A_finished_reply_comes_as_html_when_asked_for()
    {
        await _user.Room.Ask("*hi*");
        await _user.Room.Say("*hello* <b>");
        var open = await (await _user.Client.GetAsync($"{_user.MessagesPath}/2?render=html")).ReadJsonAsync();
        await _user.Room.End(MessageStatus.Completed);
        await _user.Room.Ask("more");

        var reply = await (await _user.Client.GetAsync($"{_user.MessagesPath}/2?render=html")).ReadJsonAsync();
        var response = await _user.Client.GetAsync($"{_user.RoomPath}?limit=3&render=html");
        var messages = (await response.ReadJsonAsync()).GetProperty("messages").EnumerateArray().ToArray();

        Assert.False(open.TryGetProperty("content_html", out _));
        Assert.Equal("<p><em>hello</em> &lt;b&gt;</p>\n", reply.Text("content_html"));
        Assert.Equal("*hello* <b>", reply.Text("content"));
        Assert.Equal(reply.Text("content_html"), messages[0].Text("content_html"));
        Assert.DoesNotContain(messages[1..], message => message.TryGetProperty("content_html", out _));
        Assert.EndsWith("&before=2&render=html>; rel=\"next\"", response.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.False((await (await _user.Client.GetAsync($"{_user.MessagesPath}/2")).ReadJsonAsync()).TryGetProperty("content_html", out _));
        await (await _user.Client.GetAsync($"{_user.MessagesPath}/2?render=pdf")).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await _user.Client.GetAsync($"{_user.RoomPath}?render=pdf")).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("9")]
    [InlineData("two")]
    [InlineData("99999999999999999999")]
    [InlineData("+2")]
    public async Task A_message_that_is_not_there_is_absent(string mid)
    {
        await _user.Room.Ask();

        await (await _user.Client.GetAsync($"{_user.MessagesPath}/{mid}")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await _user.Client.PostAsync($"{_user.MessagesPath}/{mid}/stop", null)).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Stopping_keeps_the_text_so_far_and_can_be_repeated()
    {
        await _user.Room.Ask();
        await _user.Room.Say("Half an ans");
        _user.Room.Calls(nameof(IChatroomGrain.Stop)).Throw(new TimeoutException());

        var first = await _user.Client.PostAsync($"{_user.MessagesPath}/2/stop", null);
        var second = await _user.Client.PostAsync($"{_user.MessagesPath}/2/stop", null);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        var message = await second.ReadJsonAsync();
        Assert.Equal("stopped", message.Text("status"));
        Assert.Equal("Half an ans", message.Text("content"));
    }

    [Fact]
    public async Task Text_is_sent_as_it_is_and_not_as_escapes()
    {
        await _user.Room.Ask("Grüße, Привет, \U0001F600 <b>\u2028");

        var json = await _user.Client.GetStringAsync($"{_user.MessagesPath}/1");

        Assert.Contains("Grüße, Привет, ", json, StringComparison.Ordinal);
    }

    private async Task IsRefused(string path, HttpStatusCode status, string? key = null)
    {
        await (await _user.Client.PostJsonAsync(path, Hello, key)).ReadProblemAsync(status);
        await (await _user.Client.PostJsonAsync(path, Hello, key, "text/event-stream")).ReadProblemAsync(status);
    }
}
