using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Fakes;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;
using GeminiChat.Running;
using Orleans.Core.Internal;

namespace GeminiChat.Gateway.Tests.Fixtures;

/// <summary>A real room whose model is the test: it says, restarts and ends replies. Each step is done when it is seen.</summary>
internal sealed class RoomDriver(ApiUser user, HttpClient http, ChannelReader<ControlledReply> calls)
{
    private ControlledReply? _call;
    private long _reply;
    private string _text = "";

    private RoomKey Key => new(user.Id, user.RoomId);

    private IChatroomGrain Grain => SharedSilo.Current.Grains.Chatroom(Key);

    /// <summary>The id of the reply that is spoken of: the first one when the test has not asked here.</summary>
    public long Reply => _reply == 0 ? 2 : _reply;

    /// <summary>The calls of a method of the room's grain.</summary>
    public InterceptedCalls Calls(string method) => SharedSilo.Current.Calls.Of($"{user.Id:D}/{user.RoomId:D}", method);

    /// <summary>The methods of other grains that the room's grain calls, in order. They are listed from now on.</summary>
    public IReadOnlyCollection<string> CallsOfOthers() => SharedSilo.Current.Calls.By($"{user.Id:D}/{user.RoomId:D}");

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

    /// <summary>Answers with the reply of this id, which the test has asked for itself.</summary>
    public async Task AnswerNext(long reply, string text)
    {
        Begin(reply);
        await Say(text);
        await End(MessageStatus.Completed);
    }

    /// <summary>Stores answered questions in the database, which is much faster than to ask them.</summary>
    public async Task Store(params IReadOnlyList<(string Question, string Reply)> turns)
    {
        var (first, now) = await ReadNextId();
        await Accept(first, now, turns.Select((turn, i) => new AcceptedTurn(
            new RoomMessage(first + (2 * i), Sender.User, turn.Question, now, MessageStatus.Completed),
            new RoomMessage(first + (2 * i) + 1, Sender.Ai, turn.Reply, now, MessageStatus.Completed, first + (2 * i), Attempt: 1),
            Guid.CreateVersion7().ToString())));
    }

    /// <summary>Stores a question whose reply has failed.</summary>
    public async Task StoreFailed(string question, string reason)
    {
        var (first, now) = await ReadNextId();
        var reply = new RoomMessage(first + 1, Sender.Ai, "", now, MessageStatus.Generating, first, Attempt: 1);
        var message = new RoomMessage(first, Sender.User, question, now, MessageStatus.Completed);
        var row = await Accept(first, now, [new AcceptedTurn(message, reply, Guid.CreateVersion7().ToString())], isComplete: false);
        var failed = reply with { Status = MessageStatus.Failed, Reason = reason };
        Assert.True(await SharedSilo.Current.Rooms.Finish(new ReplyFence(Key, reply.Id, reply.Attempt), failed, row.Summary));
        await Reload(reply.Id);
    }

    /// <summary>Stores another reply to a question, in the place of those that it has.</summary>
    public async Task StoreRegenerated(long question, string text)
    {
        var (next, now) = await ReadNextId();
        var message = (await SharedSilo.Current.Rooms.ReadMessage(Key, question))!;
        var reply = new RoomMessage(next, Sender.Ai, text, now, MessageStatus.Completed, question, Attempt: 1);
        await Accept(next, now, [new AcceptedTurn(message, reply, Guid.CreateVersion7().ToString(), question + 1, StoresParent: true)]);
    }

    /// <summary>The model says some text.</summary>
    public async Task Say(string text)
    {
        _call ??= await NextCall();
        await _call.SendText(text);
        _text += text;
        await WaitUntil(reply => reply.Content == _text);
    }

    /// <summary>The activation is lost; the next one asks the model again.</summary>
    public async Task Restart()
    {
        _call ??= await NextCall();
        var attempt = (await Grain.ReadMessage(Reply))!.Attempt;
        await Grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var deadline = Deadline.Start();
        while (!calls.TryPeek(out _))
        {
            await Grain.Wake();
            await retry.WaitForNextTickAsync(deadline.Token);
        }

        (_call, _text) = (await NextCall(), "");
        await WaitUntil(reply => reply.Attempt > attempt);
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
                await EndCall(_call.EndWith(Ending(status, reason)));
                break;
        }

        await WaitUntil(reply => reply.Status == status);
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
    private static async Task EndCall(Task end) => await end.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<(long NextId, DateTimeOffset Now)> ReadNextId()
    {
        var row = (await SharedSilo.Current.Rooms.Load(Key, tail: 1))!.Row;
        return (row.NextId, row.Summary.UpdatedAt);
    }

    private async Task<RoomRow> Accept(long nextId, DateTimeOffset now, IEnumerable<AcceptedTurn> turns, bool isComplete = true)
    {
        var rooms = SharedSilo.Current.Rooms;
        var summary = (await rooms.Load(Key, tail: 1))!.Row.Summary;
        var limits = new TierOptions { BasicDailyMessages = 0 };
        var acceptance = new Acceptance(Key, nextId, [.. turns], summary, now, limits);
        Assert.IsType<AcceptanceOutcome.Accepted>(await rooms.Accept(acceptance));
        if (isComplete)
        {
            await Reload(acceptance.Turns[^1].Reply.Id);
        }

        return (await rooms.Load(Key, tail: 1))!.Row;
    }

    /// <summary>The activation that knows the room from before goes; the next one reads the newest message.</summary>
    private async Task Reload(long newest)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var deadline = Deadline.Start();
        while ((await Grain.Read(1, before: null))!.Messages is not [var last] || last.Id != newest)
        {
            await Grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    private void Begin(long reply) => (_reply, _text, _call) = (reply, "", null);

    /// <summary>Overloaded, as often as it is asked.</summary>
    private async Task Fail()
    {
        for (var call = 0; call < 4; call++)
        {
            _call ??= await NextCall();
            await EndCall(_call.EndWith(Script.Overloaded()));
            _call = null;
        }
    }

    private async Task<ControlledReply> NextCall() => await calls.ReadAsync().AsTask().WaitAsync(Deadline.Timeout);

    /// <summary>Asks the grain: the gateway of the test may be made to fail just then.</summary>
    private async Task WaitUntil(Func<RoomMessage, bool> isSo)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = Deadline.Start();
        while (!isSo((await Grain.ReadMessage(Reply))!))
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }
}
