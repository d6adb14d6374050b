using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces.Chatrooms;
using static GeminiChat.Gateway.Tests.AiSdk.ChatClient;

namespace GeminiChat.Gateway.Tests.AiSdk;

/// <summary>The UI message stream of the AI SDK: how replies come, are resumed, stopped and broken off.</summary>
public sealed class ChatStreamTests(GatewayFixture gateway) : IAsyncLifetime
{
    private ApiUser _user = null!;
    private ChatClient _chat = null!;

    public async ValueTask InitializeAsync()
    {
        _user = await gateway.NewUserWithRoom();
        _chat = new ChatClient(_user, _user.RoomId.ToString());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_reply_comes_chunk_by_chunk_without_nulls()
    {
        await using var chunks = await UiMessageStreamReader.OpenAsync(await _chat.Send([User("first", Text("Why?"))]));
        var start = await chunks.ExpectAsync("start");
        await chunks.ExpectAsync("start-step");
        await _user.Room.Say("Because");
        var part = (await chunks.ExpectAsync("text-start")).Text("id");
        Assert.Equal("Because", (await chunks.ExpectAsync("text-delta")).Text("delta"));
        await _user.Room.End(MessageStatus.Completed);
        Assert.Equal(part, (await chunks.ExpectAsync("text-end")).Text("id"));
        await chunks.ExpectAsync("finish-step");
        var finish = await chunks.ExpectAsync("finish");

        Assert.Equal("[DONE]", await chunks.NextDataAsync());
        Assert.Equal("2", start.Text("messageId"));
        Assert.Equal("stop", finish.Text("finishReason"));
        var metadata = finish.GetProperty("messageMetadata");
        Assert.Equal((_user.RoomId, 2, 1), (metadata.GetProperty("room_id").GetGuid(), metadata.GetProperty("message_id").GetInt32(), metadata.GetProperty("reply_to").GetInt32()));
        Assert.Equal("completed", metadata.Text("status"));
        Assert.DoesNotContain("null", start.GetRawText() + finish.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stored_messages_are_those_of_the_stream()
    {
        var chunks = await Answered("Because");

        var messages = await _chat.Messages();

        Assert.Equal(["user", "assistant"], messages.Select(message => message.Text("role")));
        Assert.Equal(chunks[0].Text("messageId"), messages[1].Text("id"));
        Assert.Equal(chunks[^1].GetProperty("messageMetadata").GetRawText(), messages[1].GetProperty("metadata").GetRawText());
        Assert.Equal(["""{"type":"step-start"}""", """{"type":"text","text":"Because","state":"done"}"""], messages[1].GetProperty("parts").EnumerateArray().Select(part => part.GetRawText()));
        Assert.Equal("""[{"type":"text","text":"Why?"}]""", messages[0].GetProperty("parts").GetRawText());
    }

    [Fact]
    public async Task A_resumed_stream_begins_with_the_first_chunk_and_goes_on_live()
    {
        await _user.Room.Ask("Why?");
        await _user.Room.Say("Because");

        await using var chunks = await UiMessageStreamReader.OpenAsync(await _chat.Resume());
        Assert.Equal("2", (await chunks.ExpectAsync("start")).Text("messageId"));
        await chunks.ExpectAsync("start-step");
        await chunks.ExpectAsync("text-start");
        Assert.Equal("Because", (await chunks.ExpectAsync("text-delta")).Text("delta"));
        await _user.Room.Say(" of this");
        Assert.Equal(" of this", (await chunks.ExpectAsync("text-delta")).Text("delta"));
        await _user.Room.End(MessageStatus.Completed);
        Assert.Equal("finish", (await chunks.ReadToEndAsync())[^1].Text("type"));
        Assert.Equal(["Why?"], await _user.Room.Questions());
    }

    [Fact]
    public async Task Without_a_running_reply_there_is_nothing_to_resume_and_nothing_to_stop()
    {
        Assert.Equal(HttpStatusCode.NoContent, (await _chat.Resume()).StatusCode);
        await _user.Room.AskAndAnswer("Why?", "Because");

        Assert.Equal(HttpStatusCode.NoContent, (await _chat.Resume()).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _user.Send(HttpMethod.Post, $"{_chat.Path}/stop")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await new ChatClient(_user, "never used").Resume()).StatusCode);
        Assert.Empty(await new ChatClient(_user, "never used").Messages());
    }

    [Fact]
    public async Task Head_of_a_running_stream_is_answered_at_once()
    {
        await _user.Room.Ask("Why?");

        using var answer = await _user.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"{_chat.Path}/stream"));

        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_stopped_reply_is_finished_and_says_so()
    {
        await using var chunks = await UiMessageStreamReader.OpenAsync(await _chat.Send([User("first", Text("Why?"))]));
        await _user.Room.Say("Because");

        using var answer = await _user.Send(HttpMethod.Post, $"{_chat.Path}/stop");

        var stopped = await answer.ReadJsonAsync();
        Assert.Equal(("2", "Because"), (stopped.Text("id"), TextOf(stopped)));
        var finish = (await chunks.ReadToEndAsync())[^1];
        Assert.Equal(("finish", "other"), (finish.Text("type"), finish.Text("finishReason")));
        Assert.Equal("stopped", finish.GetProperty("messageMetadata").Text("status"));
        Assert.Equal("stopped", (await _chat.Messages())[1].GetProperty("metadata").Text("status"));
    }

    [Fact]
    public async Task A_failed_reply_ends_with_an_error_that_a_person_can_read()
    {
        var answer = await _chat.Send([User("first", Text("Why?"))]);
        await using var chunks = await UiMessageStreamReader.OpenAsync(answer);
        await _user.Room.End(MessageStatus.Failed);

        var all = await chunks.ReadToEndAsync();

        Assert.Equal(["start", "start-step", "finish-step", "message-metadata", "error"], all.Select(chunk => chunk.Text("type")));
        var error = all[3].GetProperty("messageMetadata").GetProperty("error");
        Assert.Equal(("model_unavailable", true), (error.Text("reason"), error.GetProperty("retryable").GetBoolean()));
        Assert.Equal(error.Text("detail"), all[4].Text("errorText"));
    }

    [Theory]
    [InlineData("length", "length")]
    [InlineData("safety", "content-filter")]
    [InlineData("truncated", "error")]
    public async Task An_incomplete_reply_says_why_it_ends(string reason, string finishReason)
    {
        await using var chunks = await UiMessageStreamReader.OpenAsync(await _chat.Send([User("first", Text("Why?"))]));
        await _user.Room.Say("Because");
        await _user.Room.End(MessageStatus.Incomplete, reason);

        var finish = (await chunks.ReadToEndAsync())[^1];

        Assert.Equal(finishReason, finish.Text("finishReason"));
        Assert.Equal(reason, finish.GetProperty("messageMetadata").GetProperty("error").Text("reason"));
    }

    [Fact]
    public async Task When_the_model_begins_anew_after_text_the_connection_is_broken_off_and_can_be_resumed()
    {
        await using var chunks = await UiMessageStreamReader.OpenAsync(await _chat.Send([User("first", Text("Why?"))]));
        await _user.Room.Say("Becau");
        await chunks.ExpectAsync("start");
        await chunks.ExpectAsync("start-step");
        await chunks.ExpectAsync("text-start");
        await chunks.ExpectAsync("text-delta");

        await _user.Room.Restart();
        await _user.Room.Say("Because");

        await chunks.ExpectBreakAsync();
        await using var resumed = await UiMessageStreamReader.OpenAsync(await _chat.Resume());
        await _user.Room.End(MessageStatus.Completed);
        var deltas = (await resumed.ReadToEndAsync()).Where(chunk => chunk.Text("type") == "text-delta");
        Assert.Equal("Because", string.Concat(deltas.Select(chunk => chunk.Text("delta"))));
        Assert.Equal(["Why?", "Because"], await _chat.Texts());
    }

    [Fact]
    public async Task A_deleted_room_and_an_ended_session_end_the_stream_with_an_error()
    {
        await _user.Room.Ask("Why?");
        await using var chunks = await UiMessageStreamReader.OpenAsync(await _chat.Resume());
        await _user.Room.Delete();
        Assert.Equal("This chatroom has been deleted.", (await chunks.ReadToEndAsync())[^1].Text("errorText"));

        var other = await gateway.NewUserWithRoom();
        await other.Room.Ask("Why?");
        await using var theirs = await UiMessageStreamReader.OpenAsync(await new ChatClient(other, other.RoomId.ToString()).Resume());
        await other.EndSessions();
        Assert.StartsWith("This needs a valid access token", (await theirs.ReadToEndAsync())[^1].Text("errorText"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_stops_breaks_off_its_streams()
    {
        await using var leaving = await GatewayFixture.StartAsync();
        await _user.Room.Ask("Why?");
        var request = new HttpRequestMessage(HttpMethod.Get, $"{_chat.Path}/stream");
        request.Headers.Authorization = new("Bearer", leaving.TokenOf(_user));
        var answer = await leaving.CreateAnonymousClient().SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var chunks = await UiMessageStreamReader.OpenAsync(answer);
        await chunks.ExpectAsync("start");

        leaving.Stop();

        await chunks.ExpectBreakAsync();
    }

    private async Task<IReadOnlyList<JsonElement>> Answered(string text)
    {
        await using var chunks = await UiMessageStreamReader.OpenAsync(await _chat.Send([User("first", Text("Why?"))]));
        await _user.Room.Say(text);
        await _user.Room.End(MessageStatus.Completed);
        return await chunks.ReadToEndAsync();
    }
}
