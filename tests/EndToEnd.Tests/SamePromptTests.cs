using System.Net;
using System.Runtime.Versioning;
using GeminiChat.EndToEnd.Tests.Migrator;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>The model gets a conversation byte for byte as before, with the signatures of its replies, whatever happened in between.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SamePromptTests : IAsyncLifetime
{
    private const string Source = "sqlite:///data/geminichat.db";

    private readonly TemporaryFolder _folder = new();
    private FakeGemini _gemini = null!;
    private string _room = "";
    private long _reply;

    public async ValueTask InitializeAsync()
    {
        _gemini = await FakeGemini.Start();
        _gemini.ReplyAlways(Script.Thought("Let me see. ").Then(Script.Words("Yes, that is 😀 so.")));
    }

    public async ValueTask DisposeAsync()
    {
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task After_a_crash_an_edit_back_and_forth_and_a_move_the_prompt_is_the_same()
    {
        await using var target = await TemporaryDatabase.Create();
        ChatUser user;
        string first;
        await using (var gateway = await Start(("DATABASE_URL", Source), ("GEMINI_CONTEXT_TOKENS", "256")))
        {
            user = await ChatUser.SignIn(gateway.Http);
            await Converse(user);
            first = await Regenerate(user);
            Assert.Contains("thoughtSignature", first, StringComparison.Ordinal);

            await gateway.Kill();
            await gateway.Restart();
            Assert.Equal(first, await Regenerate(user));

            await EditBackAndForth(user);
            Assert.Equal(first, await Regenerate(user));
        }

        var (code, report) = await MigrateProcess.Run(_folder.Path, "--from", Source, "--to", target.Url);
        Assert.True(code == 0, report);
        await using (var gateway = await Start(("DATABASE_URL", target.Url), ("GEMINI_CONTEXT_TOKENS", "256")))
        {
            Assert.Equal(first, await Regenerate(user.Through(gateway.Http)));
            var fork = await ChatUser.Json(await user.Through(gateway.Http).Send(HttpMethod.Post, $"/chatroom/{_room}/fork", new { }), HttpStatusCode.Created);
            _room = fork.GetProperty("id").GetString()!;
            var copy = await user.Through(gateway.Http).Get($"/chatroom/{_room}");
            _reply = copy.GetProperty("messages").EnumerateArray().Last().Id();
            Assert.Equal(first, await Regenerate(user.Through(gateway.Http)));
        }

        await using (var gateway = await Start(("DATABASE_URL", target.Url), ("GEMINI_CONTEXT_TOKENS", "256"), ("GEMINI_MODEL", "gemini-3.8-pro")))
        {
            var other = await Regenerate(user.Through(gateway.Http));
            Assert.DoesNotContain("thoughtSignature", other, StringComparison.Ordinal);
            Assert.Contains("Yes, that is", other, StringComparison.Ordinal);
        }
    }

    // More turns than the budget holds, so that the prompt does not begin with the first message.
    private async Task Converse(ChatUser user)
    {
        _room = await user.NewRoom();
        for (var turn = 0; turn < 20; turn++)
        {
            var accepted = await user.Post(_room, $"Question {turn}: {new string('q', 60)}");
            _reply = accepted.GetProperty("reply").Id();
            await user.WaitForReply(_room, _reply);
        }
    }

    private async Task EditBackAndForth(ChatUser user)
    {
        var edited = await ChatUser.Json(
            await user.Send(HttpMethod.Post, $"/chatroom/{_room}/message/35/edit", new { content = "Something else" }), HttpStatusCode.Accepted);
        await user.WaitForReply(_room, edited.GetProperty("reply").Id());
        await user.Patch($"/chatroom/{_room}", new { head = _reply });
    }

    /// <summary>Asks the same question anew, and returns what the model was sent.</summary>
    private async Task<string> Regenerate(ChatUser user)
    {
        var accepted = await ChatUser.Json(await user.Send(HttpMethod.Post, $"/chatroom/{_room}/message/{_reply}/regenerate"), HttpStatusCode.Accepted);
        _reply = accepted.GetProperty("reply").Id();
        var reply = await user.WaitForReply(_room, _reply);
        Assert.Equal(("completed", "Yes, that is 😀 so."), (reply.Status(), reply.Content()));
        var request = _gemini.Calls.Requests[^1];
        Assert.InRange(request.Turns.Count, 3, 39);
        return request.Body.GetProperty("contents").GetRawText();
    }

    private Task<GatewayProcess> Start(params (string, string)[] settings) => GatewayProcess.Start(
        _folder.Path, [("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", _gemini.BaseUrl), ("BASIC_DAILY_MESSAGES", "0"), .. settings]);
}
