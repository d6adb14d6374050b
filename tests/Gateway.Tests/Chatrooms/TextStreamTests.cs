using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Chatrooms;

public sealed class TextStreamTests(GatewayFixture gateway) : IAsyncLifetime
{
    private ApiUser _user = null!;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private RoomDriver Room => _user.Room;

    [Theory]
    [InlineData(MessageStatus.Completed, null)]
    [InlineData(MessageStatus.Stopped, null)]
    [InlineData(MessageStatus.Incomplete, EndReasons.Length)]
    public async Task The_bare_text_is_streamed_while_it_is_written(MessageStatus status, string? reason)
    {
        var posting = Post();
        await Room.Say("Grüße\n");
        using var response = await posting;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal($"{_user.MessagesPath}/2", response.Headers.Location!.OriginalString);
        using var text = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("Grüße", await text.ReadLineAsync());
        await Room.Say("\U0001F600");
        await Room.End(status, reason);

        Assert.Equal("\U0001F600", await text.ReadToEndAsync());
    }

    [Fact]
    public async Task A_reply_that_failed_before_its_first_text_is_a_problem_with_its_own_status()
    {
        var posting = Post();

        await Room.End(MessageStatus.Failed, EndReasons.ModelUnavailable);

        using var response = await posting;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal($"{_user.MessagesPath}/2", response.Headers.Location!.OriginalString);
        var problem = await response.ReadJsonAsync();
        Assert.Equal(["type", "title", "status", "detail", "instance", "reason", "retryable"], problem.Names());
        Assert.Equal("model_unavailable", problem.Text("reason"));
    }

    [Fact]
    public async Task A_reply_that_ends_without_text_is_an_empty_answer()
    {
        var posting = await BeginToPost(_user);

        await Room.End(MessageStatus.Stopped);

        using var response = await posting;
        Assert.Equal((HttpStatusCode.OK, "text/plain"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_reply_that_is_deleted_before_its_first_text_is_a_404()
    {
        var posting = await BeginToPost(_user);

        await Room.Delete();

        await (await posting).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_session_that_ends_before_the_first_text_is_a_401()
    {
        var posting = await BeginToPost(_user);

        await _user.EndSessions();

        await (await posting).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_server_that_stops_before_the_first_text_tells_where_the_reply_will_be()
    {
        await using var leaving = await GatewayFixture.StartAsync();
        var user = await leaving.NewUserWithRoom();
        var posting = await BeginToPost(user);

        leaving.Stop();

        using var response = await posting;
        await response.ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal($"{user.MessagesPath}/2", response.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData(EndReasons.Truncated)]
    [InlineData(EndReasons.Safety)]
    public async Task A_reply_that_breaks_off_aborts_the_connection(string reason)
    {
        var posting = Post();
        await Room.Say("Half");
        using var response = await posting;

        await Room.End(MessageStatus.Incomplete, reason);

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_new_attempt_after_text_was_sent_aborts_the_connection()
    {
        var posting = Post();
        await Room.Say("Hello\n");
        using var response = await posting;
        using var text = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("Hello", await text.ReadLineAsync());

        await Room.Restart();

        await Assert.ThrowsAnyAsync<IOException>(() => text.ReadToEndAsync());
    }

    [Fact]
    public async Task A_new_attempt_before_any_text_is_invisible()
    {
        var posting = Post();
        await Room.Restart();
        await Room.Say("Hello");
        await Room.End(MessageStatus.Completed);

        Assert.Equal("Hello", await (await posting).Content.ReadAsStringAsync());
    }

    /// <summary>Posts, and waits until the gateway waits for the reply.</summary>
    private static async Task<Task<HttpResponseMessage>> BeginToPost(ApiUser user)
    {
        var follow = user.Room.Calls(nameof(IChatroomGrain.Follow));
        var posting = Post(user);
        await follow.WaitUntilBegun();
        return posting;
    }

    private Task<HttpResponseMessage> Post() => Post(_user);

    /// <summary>The answer comes with the first text.</summary>
    private static Task<HttpResponseMessage> Post(ApiUser user) =>
        user.Client.PostJsonAsync(user.MessagesPath, """{"content":"Hi"}""", accept: "text/plain").WaitAsync(Deadline.Timeout);
}
