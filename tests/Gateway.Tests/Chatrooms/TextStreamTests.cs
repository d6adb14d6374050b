using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces.Chatrooms;

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
        using var response = await Post();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal($"{_user.MessagesPath}/2", response.Headers.Location!.OriginalString);
        using var text = new StreamReader(await response.Content.ReadAsStreamAsync());

        await Room.Say("Grüße\n");
        Assert.Equal("Grüße", await text.ReadLineAsync());
        await Room.Say("\U0001F600");
        await Room.End(status, reason);

        Assert.Equal("\U0001F600", await text.ReadToEndAsync());
    }

    [Theory]
    [InlineData(MessageStatus.Failed, EndReasons.ModelUnavailable, "")]
    [InlineData(MessageStatus.Incomplete, EndReasons.Truncated, "Half")]
    [InlineData(MessageStatus.Incomplete, EndReasons.Safety, "Half")]
    public async Task A_failed_reply_aborts_the_connection(MessageStatus status, string reason, string text)
    {
        using var response = await Post();

        if (text.Length > 0)
        {
            await Room.Say(text);
        }

        await Room.End(status, reason);

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_new_attempt_after_text_was_sent_aborts_the_connection()
    {
        using var response = await Post();
        await Room.Say("Hello\n");
        using var text = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("Hello", await text.ReadLineAsync());

        await Room.Restart();

        await Assert.ThrowsAnyAsync<IOException>(() => text.ReadToEndAsync());
    }

    [Fact]
    public async Task A_new_attempt_before_any_text_is_invisible()
    {
        using var response = await Post();
        await Room.Restart();
        await Room.Say("Hello");
        await Room.End(MessageStatus.Completed);

        Assert.Equal("Hello", await response.Content.ReadAsStringAsync());
    }

    private Task<HttpResponseMessage> Post() =>
        _user.Client.PostJsonAsync(_user.MessagesPath, """{"content":"Hi"}""", accept: "text/plain");
}
