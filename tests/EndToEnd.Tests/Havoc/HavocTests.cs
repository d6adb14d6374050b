using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using GeminiChat.Played;
using GeminiChat.Running.Havoc;

namespace GeminiChat.EndToEnd.Tests.Havoc;

/// <summary>
/// Impatient clients on bad networks use the program, which is killed and restarted meanwhile. Then all is
/// read, and nothing is lost, doubled, mixed up or stuck.
/// </summary>
/// <remarks>
/// <c>CHAOS_SEED</c> repeats a run's choices, though not its timing.
/// </remarks>
public sealed class HavocTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Users = 3;
    private const int RoomsAtOnce = 4;
    private const int ClientsOfARoom = 2;

    private static readonly int Seed = int.TryParse(
        Environment.GetEnvironmentVariable("CHAOS_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(TestLength.Of(25, 120));
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private readonly ModelLog _model = new(Seed);
    private readonly ConcurrentBag<RoomRecord> _rooms = [];
    private PlayedGemini _gemini = null!;
    private OneProcess _world = null!;

    public async ValueTask InitializeAsync()
    {
        _gemini = await PlayedGemini.Start(new PlayedGeminiOptions { Conversation = request => request.System ?? "" });
        _gemini.Answer(_model.Answer);
        _world = new OneProcess(_folder.Path, _gemini);
        await _world.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Whatever_clients_networks_and_operators_do_every_accepted_message_is_answered_once()
    {
        output.WriteLine($"CHAOS_SEED={Seed}");
        var http = (await _world.Gateway).Http;
        var users = await Task.WhenAll(Enumerable.Range(0, Users).Select(_ => ChatUser.SignIn(http)));
        using var time = new CancellationTokenSource(Time);
        var uses = Enumerable.Range(0, Users * RoomsAtOnce)
            .Select(i => UseRooms(users[i % Users], stranger: users[(i + 1) % Users], i * 1000, time.Token));
        await Task.WhenAll([Break(time.Token), .. uses]).WaitAsync(Time + Patience);

        var gateway = await _world.Gateway;
        foreach (var user in users)
        {
            await Check(user.At(gateway.Http), [.. _rooms.Where(room => room.User == user)]);
        }

        output.WriteLine($"{_rooms.Count} rooms, {_rooms.Sum(room => room.Posts.Count)} messages, {_rooms.Sum(room => room.Regenerations.Count)} regenerations, "
            + $"{_rooms.Sum(room => room.Followed.Count)} readings, {_gemini.Calls.Total} calls, {_world.Restarts} restarts");
    }

    /// <summary>One room after the other: a new one when the last was deleted.</summary>
    private async Task UseRooms(ChatUser user, ChatUser stranger, int seed, CancellationToken timeIsOver)
    {
        for (var n = 0; !timeIsOver.IsCancellationRequested; n += ClientsOfARoom)
        {
            var marker = $"room {Seed}-{seed}-{n}";
            using var created = await _world.Send(http => user.At(http).Send(
                HttpMethod.Post, "/chatroom", new { name = marker, system_prompt = marker }, ("Idempotency-Key", marker.Replace(' ', '-'))));
            var id = (await ChatUser.Json(created, HttpStatusCode.Created)).GetProperty("id").GetString()!;
            var room = new RoomRecord(user, id, marker);
            _rooms.Add(room);
            await Task.WhenAll(Enumerable.Range(n, ClientsOfARoom)
                .Select(i => new Client(_world, room, stranger, unchecked((Seed * 397) ^ (seed + i)), $"{seed + i}").Run(timeIsOver)));
        }
    }

    private async Task Break(CancellationToken timeIsOver)
    {
        var random = new Random(Seed);
        while (!timeIsOver.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(random.Next(4, 12)), timeIsOver).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _world.Restart(gracefully: random.Next(3) == 0);
        }
    }

    private async Task Check(ChatUser user, IReadOnlyList<RoomRecord> rooms)
    {
        var list = (await user.Get("/chatroom")).EnumerateArray().Select(room => room.GetProperty("id").GetString());
        Assert.Equal(rooms.Where(room => !room.IsGoing).Select(room => room.Id).Order(), list.Order());

        var messages = new List<JsonElement>();
        foreach (var room in rooms.Where(room => !room.IsGoing))
        {
            await Task.WhenAll(room.Replies.Select(reply => user.Ended(room.Id, reply))).WaitAsync(Patience);
            messages.AddRange(await new FinalCheck(room, _model).Run(user));
        }

        foreach (var room in rooms.Where(room => room.IsGoing))
        {
            using var gone = await user.Send(HttpMethod.Get, $"/chatroom/{room.Id}");
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        }

        // What was given back in rooms that were deleted is not known any more, nor whether a stopped one was begun.
        var used = (await user.Get("/user/usage")).GetProperty("used").GetInt32();
        var replies = messages.Where(message => message.GetProperty("sender").GetString() == "ai").ToList();
        var kept = replies.Count(reply => reply.Status() is not "failed" && reply.Content().Length > 0);
        var perhaps = replies.Count(reply => reply.Status() is "stopped" && reply.Content().Length == 0)
            + rooms.Where(room => room.IsGoing).Sum(room => room.Replies.Length);
        Assert.InRange(used, kept, kept + perhaps);
    }
}
