using System.Runtime.Versioning;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests.Clients;

/// <summary>The TypeScript client, in Node.js, with a running gateway.</summary>
[Collection<SharedGateway>]
[UnsupportedOSPlatform("windows")]
public sealed class TypeScriptClientTests(GatewayFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task The_package_passes_its_own_tests() =>
        Assert.Contains("# fail 0", await TypeScriptClient.RunTests(), StringComparison.Ordinal);

    [Fact]
    public async Task A_program_signs_in_and_uses_all_that_a_room_has()
    {
        Gemini.ReplyWith(request => Script.Words($"re {request.LastText}"));
        using var script = await TypeScriptClient.Start(Gateway.Address, "conversation");

        var used = await script.Read();
        Assert.Equal(["re File notes.txt:\n\na text\n\none", "re two", "re two"], Texts(used, "texts"));
        Assert.Equal("accepted", Texts(used, "followed")[0]);
        Assert.Equal("done", Texts(used, "followed")[^1]);
        Assert.Equal(["two", "re two", "three", "re three"], Texts(used, "branch"));
        var room = Assert.Single(used.GetProperty("rooms").EnumerateArray());
        Assert.Equal(("Blue sky", true), (room.GetProperty("name").GetString(), room.GetProperty("pinned").GetBoolean()));
        Assert.False(used.TryGetProperty("next", out _));

        var left = await script.Read();
        Assert.Equal(404, left.GetProperty("absent").GetProperty("status").GetInt32());
        Assert.Equal("GeminiChatError", left.GetProperty("absent").GetProperty("name").GetString());
        Assert.Equal(401, left.GetProperty("signedOut").GetProperty("status").GetInt32());
        Assert.Equal(JsonValueKind.Null, left.GetProperty("tokens").ValueKind);
        await script.WaitForExit();
    }

    [Fact]
    public async Task Twenty_calls_share_one_exchange_of_the_refresh_token_and_a_lost_answer_does_not_end_the_session()
    {
        using var script = await TypeScriptClient.Start(Gateway.Address, "refresh");
        var result = await script.Read();
        var users = Texts(result, "users");
        Assert.Equal(20, users.Count);
        Assert.Equal([result.GetProperty("later").GetString()], users.Distinct());
        Assert.Equal(2, result.GetProperty("exchanges").GetInt32());
    }

    [Fact]
    public async Task A_reply_goes_on_after_kill_9_in_the_midst_of_it()
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        using var script = await TypeScriptClient.Start(Gateway.Address, "reply", "why?");
        var room = await script.Read();
        Assert.Equal(["accepted"], await script.ReadTo("accepted"));
        await hold.SendText("half an ans");
        await script.ReadTo("token");

        await Gateway.Kill();
        Gemini.ReplyAlways(Script.Words("a whole answer"));
        await Gateway.Restart();

        var types = await script.ReadTo("done");
        Assert.Single(types, "reset");
        Assert.DoesNotContain("accepted", types);
        await AssertEnd(script, "completed", "a whole answer");
        Assert.Equal(["why?", "a whole answer"], await ContentsOf(room));
    }

    [Fact]
    public async Task A_reply_goes_on_in_the_next_process_after_an_orderly_stop()
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        using var script = await TypeScriptClient.Start(Gateway.Address, "reply", "why?");
        await script.Read();
        await script.ReadTo("accepted");
        await hold.SendText("so far");
        await script.ReadTo("token");

        Gateway.Terminate();
        await hold.SendText(" and on");
        await hold.Finish();
        await Gateway.Restart();

        Assert.DoesNotContain("reset", await script.ReadTo("done"));
        await AssertEnd(script, "completed", "so far and on");
    }

    [Fact]
    public async Task A_reply_begins_anew_after_a_reset()
    {
        Gemini.EnqueueReplies(Script.Thought("Let me see.").Then(Script.ConnectionClosed()), Script.Thought("Again. ").Then(Script.Words("It is so.")));
        using var script = await TypeScriptClient.Start(Gateway.Address, "reply", "why?");
        await script.Read();
        Assert.Contains("reset", await script.ReadTo("done"));
        Assert.Equal("Again. ", (await AssertEnd(script, "completed", "It is so.")).GetProperty("thoughts").GetString());
    }

    [Fact]
    public async Task A_failed_reply_is_an_error_with_its_reason()
    {
        Gemini.EnqueueReplies(Script.InvalidKey());
        using var script = await TypeScriptClient.Start(Gateway.Address, "reply", "why?");
        await script.Read();
        await script.ReadTo("accepted");
        var failed = (await script.Read()).GetProperty("failed");
        Assert.Equal(("ReplyFailedError", "model_config", 502), (failed.GetProperty("name").GetString(), failed.GetProperty("reason").GetString(), failed.GetProperty("status").GetInt32()));
        await script.WaitForExit();
    }

    [Fact]
    public async Task A_stopped_reply_keeps_its_text()
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        using var script = await TypeScriptClient.Start(Gateway.Address, "reply", "why?");
        await script.Read();
        await script.ReadTo("accepted");
        await hold.SendText("up to here");
        await script.ReadTo("token");
        await script.Tell("stop");
        await script.ReadTo("done");
        await AssertEnd(script, "stopped", "up to here");
        await script.WaitForExit();
    }

    [Fact]
    public async Task A_client_without_streaming_reads_the_reply_at_its_end()
    {
        Gemini.EnqueueReplies(Script.Words("one two three"));
        using var script = await TypeScriptClient.Start(Gateway.Address, "reply", "why?", ("WITHOUT_BODY", "1"));
        await script.Read();
        Assert.Equal("accepted", (await script.ReadTo("done"))[0]);
        await AssertEnd(script, "completed", "one two three");
    }

    /// <summary>The script's last line has the stored reply, and the text that it has put together.</summary>
    private static async Task<JsonElement> AssertEnd(NodeScript script, string status, string text)
    {
        var last = await script.Read();
        Assert.Equal((status, text), (last.GetProperty("end").Status(), last.GetProperty("end").Content()));
        Assert.Equal(text, last.GetProperty("text").GetString());
        return last;
    }

    private async Task<List<string>> ContentsOf(JsonElement room)
    {
        var user = new ChatUser(Gateway.Http, room.GetProperty("access_token").GetString()!);
        var view = await user.Get($"/chatroom/{room.GetProperty("room").GetString()}");
        return [.. view.GetProperty("messages").EnumerateArray().Select(SseTestExtensions.Content)];
    }

    private static List<string> Texts(JsonElement line, string member) =>
        [.. line.GetProperty(member).EnumerateArray().Select(text => text.GetString()!)];
}
