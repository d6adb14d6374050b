using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Fakes;
using Orleans.Core.Internal;

namespace GeminiChat.Gateway.Tests.Live;

/// <summary>A real room whose model is the test: it says, restarts and ends replies. Each step is done when it is seen.</summary>
internal sealed class RoomDriver(TestUser user, HttpClient http, ChannelReader<ControlledReply> calls)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private ControlledReply? _call;
    private long _reply;
    private string _text = "";

    private IChatroomGrain Grain => GrainHost.Current.Grains.Chatroom(new RoomKey(user.Id, user.RoomId));

    /// <summary>The id of the reply that is spoken of: the first one when the test has not asked here.</summary>
    public long Reply => _reply == 0 ? 2 : _reply;

    /// <summary>The calls of a method of the room's grain.</summary>
    public GrainCalls Calls(string method) => GrainHost.Current.Faults.Of($"{user.Id:D}/{user.RoomId:D}", method);

    /// <summary>Posts a question. Its reply is the one that is spoken of from now on.</summary>
    public async Task Ask(string question = "Hi")
    {
        using var answer = await http.PostJsonAsync(user.MessagesPath, JsonSerializer.Serialize(new { content = question }));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Begin((await answer.ReadJsonAsync()).GetProperty("reply").GetProperty("id").GetInt64());
    }

    /// <summary>Posts a question and answers it.</summary>
    public async Task AskAndAnswer(string question, string text)
    {
        await Ask(question);
        await Say(text);
        await End(MessageStatus.Completed);
    }

    /// <summary>Asks for another reply in the place of an earlier one, and answers.</summary>
    public async Task Regenerate(long reply, string text)
    {
        using var answer = await http.PostAsync($"{user.MessagesPath}/{reply}/regenerate", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Begin((await answer.ReadJsonAsync()).GetProperty("reply").GetProperty("id").GetInt64());
        await Say(text);
        await End(MessageStatus.Completed);
    }

    /// <summary>The model says some text.</summary>
    public async Task Say(string text)
    {
        _call ??= await NextCall();
        await _call.SendText(text);
        _text += text;
        await WaitForStatus(reply => reply.Text("content") == _text);
    }

    /// <summary>The activation is lost; the next one asks the model again.</summary>
    public async Task Restart()
    {
        _call ??= await NextCall();
        var attempt = (await ReadReply()).GetProperty("attempt").GetInt32();
        await Grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        while (!calls.TryPeek(out _))
        {
            await Grain.Wake();
            await Task.WhenAny(calls.WaitToReadAsync().AsTask(), Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System));
        }

        (_call, _text) = (await NextCall(), "");
        await WaitForStatus(reply => reply.GetProperty("attempt").GetInt32() > attempt);
    }

    /// <summary>The reply ends, in one of the ways that there are.</summary>
    public async Task End(MessageStatus status, string? reason = null)
    {
        switch (status)
        {
            case MessageStatus.Stopped:
                using (var stopped = await http.PostAsync($"{user.MessagesPath}/{Reply}/stop", null))
                {
                    Assert.Equal(HttpStatusCode.OK, stopped.StatusCode);
                }

                break;
            case MessageStatus.Failed:
                await Fail();
                break;
            default:
                _call ??= await NextCall();
                await Stop(_call.EndWith(Ending(status, reason)));
                break;
        }

        await WaitForStatus(reply => reply.Text("status") == status.ToString().ToLowerInvariant());
        _call = null;
    }

    /// <summary>Deletes the room.</summary>
    public async Task Delete() => Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync(user.RoomPath)).StatusCode);

    /// <summary>The reply as it is read now.</summary>
    public async Task<JsonElement> ReadReply()
    {
        using var answer = await http.GetAsync($"{user.MessagesPath}/{Reply}");
        return await answer.ReadJsonAsync();
    }

    /// <summary>The questions that are stored, in their order.</summary>
    public async Task<IReadOnlyList<string>> Questions()
    {
        using var answer = await http.GetAsync(user.RoomPath);
        return [.. (await answer.ReadJsonAsync()).GetProperty("messages").EnumerateArray()
            .Where(message => message.Text("sender") == "user").Select(message => message.Text("content"))];
    }

    private static Script Ending(MessageStatus status, string? reason) => (status, reason) switch
    {
        (MessageStatus.Completed, _) => Script.Finish(),
        (MessageStatus.Incomplete, EndReasons.Length) => Script.Finish("MAX_TOKENS"),
        (MessageStatus.Incomplete, EndReasons.Safety) => Script.Finish("SAFETY"),
        (MessageStatus.Incomplete, EndReasons.Truncated) => Script.BareError(),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>The client of a fake call may leave before its last byte is out, as it should.</summary>
    private static async Task Stop(Task end) => await end.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Begin(long reply) => (_reply, _text, _call) = (reply, "", null);

    /// <summary>Overloaded, as often as it is asked.</summary>
    private async Task Fail()
    {
        for (var call = 0; call < 4; call++)
        {
            _call ??= await NextCall();
            await Stop(_call.EndWith(Script.Overloaded()));
            _call = null;
        }
    }

    private async Task<ControlledReply> NextCall() => await calls.ReadAsync().AsTask().WaitAsync(Timeout);

    private async Task WaitForStatus(Func<JsonElement, bool> isSo)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = new CancellationTokenSource(Timeout);
        while (!isSo(await ReadReply()))
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }
}
