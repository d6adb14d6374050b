using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using GeminiChat.Fakes;
using GeminiChat.Running.Chaos;

namespace GeminiChat.EndToEnd.Tests.Chaos;

/// <summary>
/// Impatient clients on bad networks use the program, which is killed and restarted meanwhile. Then all is
/// read, and nothing is lost, doubled, mixed up or stuck.
/// </summary>
/// <remarks>
/// <c>CHAOS_SEED</c> repeats a run's choices, though not its timing.
/// </remarks>
public sealed class ChaosTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Users = 3;
    private const int RoomsAtOnce = 2;
    private const int ClientsOfARoom = 2;

    private static readonly int Seed = int.TryParse(
        Environment.GetEnvironmentVariable("CHAOS_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(TestLength.Of(15, 120));
    private static readonly TimeSpan CompletionTimeout = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private readonly ModelCallLog _model = new(Seed);
    private readonly ConcurrentBag<RoomHistory> _rooms = [];
    private FakeGemini _gemini = null!;
    private SingleProcessService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _gemini = await FakeGemini.Start(new FakeGeminiOptions { Conversation = request => request.System ?? "" });
        _gemini.ReplyWith(_model.Answer);
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
    public async Task Under_random_client_actions_and_restarts_every_accepted_message_is_answered_once()
    {
        output.WriteLine($"CHAOS_SEED={Seed}");
        await UtcDay.WaitForTimeLeft();
        var http = (await _service.Gateway).Http;
        var users = await Task.WhenAll(Enumerable.Range(0, Users).Select(_ => ChatUser.SignIn(http)));
        using var time = new CancellationTokenSource(Duration);
        var uses = Enumerable.Range(0, Users * RoomsAtOnce)
            .Select(i => UseRooms(users[i % Users], stranger: users[(i + 1) % Users], i * 1000, time.Token));
        await Task.WhenAll([InjectFaults(time.Token), .. uses]).WaitAsync(Duration + CompletionTimeout);

        var gateway = await _service.Gateway;
        foreach (var user in users)
        {
            await Check(user.Through(gateway.Http), [.. _rooms.Where(room => room.User == user)]);
        }

        output.WriteLine($"{_rooms.Count} rooms, {_rooms.Sum(room => room.Posts.Count)} messages, {_rooms.Sum(room => room.Regenerations.Count)} regenerations, "
            + $"{_rooms.Sum(room => room.ReadReplies.Count)} readings, {_gemini.Calls.Total} calls, {_service.Restarts} restarts");
    }

    /// <summary>One room after the other: a new one when the last was deleted.</summary>
    private async Task UseRooms(ChatUser user, ChatUser stranger, int seed, CancellationToken timeIsOver)
    {
        for (var n = 0; !timeIsOver.IsCancellationRequested; n += ClientsOfARoom)
        {
            var marker = $"room {Seed}-{seed}-{n}";
            using var created = await _service.SendWithRetries(http => user.Through(http).Send(
                HttpMethod.Post, "/chatroom", new { name = marker, system_prompt = marker }, ("Idempotency-Key", marker.Replace(' ', '-'))));
            var id = (await ChatUser.Json(created, HttpStatusCode.Created)).GetProperty("id").GetString()!;
            var room = new RoomHistory(user, id, marker);
            _rooms.Add(room);
            await Task.WhenAll(Enumerable.Range(n, ClientsOfARoom)
                .Select(i => new ChaosClient(_service, room, stranger, new Random(unchecked((Seed * 397) ^ (seed + i))), $"{seed + i}").Run(timeIsOver)));
        }
    }

    private async Task InjectFaults(CancellationToken timeIsOver)
    {
        var random = new Random(Seed);
        while (!timeIsOver.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(random.Next(3, 8)), timeIsOver).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _service.Restart(gracefully: random.Next(3) == 0);
        }
    }

    private async Task Check(ChatUser user, IReadOnlyList<RoomHistory> rooms)
    {
        var list = (await user.Get("/chatroom")).EnumerateArray().Select(room => room.GetProperty("id").GetString());
        Assert.Equal(rooms.Where(room => !room.IsBeingDeleted).Select(room => room.Id).Order(), list.Order());

        var messages = new List<JsonElement>();
        foreach (var room in rooms.Where(room => !room.IsBeingDeleted))
        {
            await Task.WhenAll(room.Replies.Select(reply => user.WaitForReply(room.Id, reply))).WaitAsync(CompletionTimeout);
            messages.AddRange(await new RoomInvariants(room, _model).Verify(user));
        }

        foreach (var room in rooms.Where(room => room.IsBeingDeleted))
        {
            using var gone = await user.Send(HttpMethod.Get, $"/chatroom/{room.Id}");
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        }

        // What was given back in rooms that were deleted is not known any more, nor which posts they accepted last, nor whether
        // a stopped one was begun.
        var used = (await user.Get("/user/usage")).GetProperty("used").GetInt32();
        var replies = messages.Where(message => message.GetProperty("sender").GetString() == "ai").ToList();
        var kept = replies.Count(reply => (reply.Status() is not "failed" && reply.Content().Length > 0) || IsRefusedByModel(reply));
        var perhaps = replies.Count(reply => reply.Status() is "stopped" && reply.Content().Length == 0)
            + rooms.Where(room => room.IsBeingDeleted).Sum(room => room.Replies.Length + room.UnknownOutcomes.Count);
        Assert.InRange(used, kept, kept + perhaps);
    }

    /// <summary>Such a reply has no text and counts all the same: the user's text was the reason.</summary>
    private static bool IsRefusedByModel(JsonElement reply) =>
        reply.TryGetProperty("error", out var error) && error.GetProperty("reason").GetString() is "safety";
}
