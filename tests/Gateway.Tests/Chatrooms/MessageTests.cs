using System.Net;
using GeminiChat.Gateway.Tests.Rendering;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Chatrooms;

public sealed class MessageTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private const string Hello = """{"content":"Hello"}""";

    private readonly TestUser _user = gateway.NewUser();

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
        Assert.Equal(
            """{"message":{"id":1,"sender":"user","content":"Hello","timestamp":"2026-01-02T03:04:05.060Z","status":"completed"},"reply":{"id":2,"sender":"ai","content":"","timestamp":"2026-01-02T03:04:05.060Z","status":"generating","reply_to":1,"attempt":1,"cursor":"1-0"},"position":0}""",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_idempotency_key_is_passed_to_the_room_and_generated_when_missing()
    {
        await _user.Client.PostJsonAsync(_user.MessagesPath, Hello, "mine");
        await _user.Client.PostJsonAsync(_user.MessagesPath, Hello);
        await _user.Client.PostJsonAsync(_user.MessagesPath, Hello);

        Assert.Equal("mine", _user.Room.Posts[0].IdempotencyKey);
        Assert.Equal(3, _user.Room.Posts.Select(post => post.IdempotencyKey).Distinct(StringComparer.Ordinal).Count());
        Assert.All(_user.Room.Posts, post => Assert.NotEmpty(post.IdempotencyKey));
    }

    [Fact]
    public async Task A_post_is_repeated_once_with_its_key_after_an_outage()
    {
        _user.Room.Outages.Throw(new StoreOutcomeUnknownException("no"));

        var response = await _user.Client.PostJsonAsync(_user.MessagesPath, Hello);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(2, _user.Room.Posts.Count);
        Assert.Equal(_user.Room.Posts[0], _user.Room.Posts[1]);
    }

    [Fact]
    public async Task A_post_during_a_lasting_outage_gets_503_with_Retry_After()
    {
        _user.Room.Outages.Throw(new StoreUnavailableException("no"), new StoreUnavailableException("no"));

        var response = await _user.Client.PostJsonAsync(_user.MessagesPath, Hello, accept: "text/event-stream");

        await response.ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
    }

    public static TheoryData<string> RefusalKinds => [.. Refusals.Keys];

    [Theory, MemberData(nameof(RefusalKinds))]
    public async Task Each_refusal_of_the_room_has_its_status(string kind)
    {
        var (refusal, status) = Refusals[kind];
        _user.Room.Refusal = refusal;

        await (await _user.Client.PostJsonAsync(_user.MessagesPath, Hello)).ReadProblemAsync(status);
        await (await _user.Client.PostJsonAsync(_user.MessagesPath, Hello, accept: "text/event-stream")).ReadProblemAsync(status);
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
    [InlineData(MessageStatus.Failed, EndReasons.Safety, "failed", false)]
    [InlineData(MessageStatus.Failed, EndReasons.Empty, "failed", true)]
    [InlineData(MessageStatus.Failed, EndReasons.TooLong, "failed", false)]
    [InlineData(MessageStatus.Failed, EndReasons.ModelQuota, "failed", false)]
    [InlineData(MessageStatus.Failed, EndReasons.ModelUnavailable, "failed", true)]
    [InlineData(MessageStatus.Failed, EndReasons.ModelConfig, "failed", false)]
    [InlineData(MessageStatus.Failed, EndReasons.ModelTimeout, "failed", true)]
    [InlineData(MessageStatus.Failed, EndReasons.ModelError, "failed", true)]
    [InlineData(MessageStatus.Failed, EndReasons.Interrupted, "failed", true)]
    public async Task An_incomplete_or_failed_reply_has_a_reason_and_says_whether_a_retry_can_help(
        MessageStatus status, string reason, string word, bool retryable)
    {
        _user.Room.Ask();
        _user.Room.End(status, reason);

        var message = await (await _user.Client.GetAsync($"{_user.MessagesPath}/2")).ReadJsonAsync();

        Assert.Equal(["id", "sender", "content", "timestamp", "status", "reply_to", "error"], message.Names());
        Assert.Equal(word, message.Text("status"));
        Assert.Equal(reason, message.GetProperty("error").Text("reason"));
        Assert.NotEmpty(message.GetProperty("error").Text("detail"));
        Assert.Equal(retryable, message.GetProperty("error").GetProperty("retryable").GetBoolean());
    }

    [Fact]
    public async Task The_cursor_of_a_reply_being_written_counts_code_units()
    {
        _user.Room.Ask(attempt: 3);
        _user.Room.Say("a\U0001F600");

        var message = await (await _user.Client.GetAsync($"{_user.MessagesPath}/2")).ReadJsonAsync();

        Assert.Equal("3-3", message.Text("cursor"));
        Assert.Equal(3, message.GetProperty("attempt").GetInt32());
    }

    [Fact]
    public async Task A_table_that_would_expand_a_thousandfold_is_sent_as_text()
    {
        _user.Room.Ask();
        _user.Room.Say(PathologicalMarkdown.WideTable(5_000));
        _user.Room.End(MessageStatus.Completed);

        foreach (var path in (string[])[$"{_user.MessagesPath}/2", _user.RoomPath])
        {
            var body = await _user.Client.GetByteArrayAsync($"{path}?render=html");
            Assert.InRange(body.Length, 2 * 30_000, 10 * 30_000);
        }
    }

    [Fact]
    public async Task A_finished_reply_comes_as_html_when_asked_for()
    {
        _user.Room.Ask("*hi*");
        _user.Room.Say("*hello* <b>");
        var open = await (await _user.Client.GetAsync($"{_user.MessagesPath}/2?render=html")).ReadJsonAsync();
        _user.Room.End(MessageStatus.Completed);
        _user.Room.Ask("more");

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
        _user.Room.Ask();

        await (await _user.Client.GetAsync($"{_user.MessagesPath}/{mid}")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await _user.Client.PostAsync($"{_user.MessagesPath}/{mid}/stop", null)).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Stopping_keeps_the_text_so_far_and_can_be_repeated()
    {
        _user.Room.Ask();
        _user.Room.Say("Half an ans");
        _user.Room.Outages.Throw(new TimeoutException());

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
        _user.Room.Ask("Grüße, Привет, \U0001F600 <b>\u2028");

        var json = await _user.Client.GetStringAsync($"{_user.MessagesPath}/1");

        Assert.Contains("Grüße, Привет, ", json, StringComparison.Ordinal);
    }

    private static readonly Dictionary<string, (PostOutcome, HttpStatusCode)> Refusals = new(StringComparer.Ordinal)
    {
        ["no such room"] = (new PostOutcome.RoomAbsent(), HttpStatusCode.NotFound),
        ["key reused"] = (new PostOutcome.KeyReused(), HttpStatusCode.UnprocessableEntity),
        ["queue full"] = (new PostOutcome.QueueFull(20), HttpStatusCode.TooManyRequests),
        ["leaving"] = (new PostOutcome.SiloStopping(), HttpStatusCode.ServiceUnavailable),
    };
}
