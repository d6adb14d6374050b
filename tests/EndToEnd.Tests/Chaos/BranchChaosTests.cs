using System.Globalization;
using GeminiChat.Fakes;
using GeminiChat.Running.Chaos;

namespace GeminiChat.EndToEnd.Tests.Chaos;

/// <summary>
/// Two devices of each user post, edit, regenerate and show other branches at the same time, while the program is killed and started
/// again.
/// </summary>
public sealed class BranchChaosTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Rooms = 10;
    private const int Devices = 2;
    private const int Crashes = 4;

    private static readonly int Steps = TestLength.Of(800, 10_000);
    private static readonly int StepsPerCrash = Steps / (Crashes + 1);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    private readonly int _seed = Random.Shared.Next();
    private readonly TemporaryFolder _folder = new();
    private ModelCallLog _model = null!;
    private FakeGemini _gemini = null!;
    private SingleProcessService _service = null!;
    private readonly TaskCompletionSource[] _crashDue =
        [.. Enumerable.Range(0, Crashes).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
    private int _stepsDone;

    public async ValueTask InitializeAsync()
    {
        _model = new ModelCallLog(_seed);
        _gemini = await FakeGemini.Start(new FakeGeminiOptions { Conversation = request => request.System ?? "" });
        _gemini.ReplyWith(AnswerAtOnce);
        _service = new SingleProcessService(_folder.Path, _gemini);
        await _service.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Under_random_edits_and_crashes_every_reply_is_answered_with_its_path_and_the_shown_branch_is_stored()
    {
        output.WriteLine($"seed {_seed}");
        await UtcDay.WaitForTimeLeft();
        var http = (await _service.Gateway).Http;
        var user = await ChatUser.SignIn(http);
        var other = await ChatUser.SignIn(http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(i => NewRoom(user, $"room {_seed}-{i}")));
        var devices = rooms.SelectMany((room, i) => Enumerable.Range(0, Devices)
            .Select(device => Run(new ChaosClient(_service, room, other, new Random(unchecked((_seed * 397) ^ ((Devices * i) + device))), $"{i}-{device}"))));
        await Task.WhenAll([Crash(), .. devices]).WaitAsync(Timeout);

        var before = await Shown(user, rooms);
        await _service.Restart(gracefully: false);
        Assert.Equal(before, await Shown(user, rooms));
        var after = user.Through((await _service.Gateway).Http);
        var messages = await Task.WhenAll(rooms.Select(room => new RoomInvariants(room, _model).Verify(after)));
        output.WriteLine($"{_stepsDone} steps, {messages.Sum(room => room.Count)} messages, {_gemini.Calls.Total} calls, {_service.Restarts} restarts");
    }

    private Script AnswerAtOnce(RecordedRequest request)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"answer {request.Number}");
        return _model.Record(request, text, Script.Chunks(text), Script.Finish());
    }

    private async Task<RoomHistory> NewRoom(ChatUser user, string marker)
    {
        using var created = await user.Send(HttpMethod.Post, "/chatroom", new { name = marker, system_prompt = marker });
        return new RoomHistory(user, (await ChatUser.Json(created)).GetProperty("id").GetString()!, marker);
    }

    private async Task Run(ChaosClient device)
    {
        for (int step; (step = Interlocked.Increment(ref _stepsDone)) <= Steps;)
        {
            if (step % StepsPerCrash == 0 && step / StepsPerCrash <= Crashes)
            {
                _crashDue[(step / StepsPerCrash) - 1].SetResult();
            }

            await device.ChangeTree();
        }
    }

    private async Task Crash()
    {
        foreach (var due in _crashDue)
        {
            await due.Task;
            await _service.Restart(gracefully: false);
        }
    }

    /// <summary>The shown branch of each room, when no reply is pending any more.</summary>
    private async Task<IReadOnlyList<string>> Shown(ChatUser user, IEnumerable<RoomHistory> rooms)
    {
        var through = user.Through((await _service.Gateway).Http);
        var shown = new List<string>();
        foreach (var room in rooms)
        {
            await Task.WhenAll(room.Replies.Select(reply => through.WaitForReply(room.Id, reply)));
            var view = await through.Get($"/chatroom/{room.Id}?view=path");
            shown.Add($"{view.GetProperty("head")}: {view.GetProperty("messages").GetRawText()}");
        }

        return shown;
    }
}
