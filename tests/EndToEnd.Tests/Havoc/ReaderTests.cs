using GeminiChat.Played;
using GeminiChat.Running.Havoc;

namespace GeminiChat.EndToEnd.Tests.Havoc;

/// <summary>Readers of one reply, very many of them.</summary>
public sealed class ReaderTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Readers = 1000;
    private const int Pieces = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly int _seed = Random.Shared.Next();
    private readonly List<Task> _readers = [];

    // Cursors that somebody has seen, for others to begin at.
    private readonly Tuple<string, string>?[] _seen = new Tuple<string, string>?[100];
    private readonly TemporaryFolder _folder = new();
    private readonly Hold _first = new();
    private readonly Hold _second = new();
    private PlayedGemini _gemini = null!;
    private OneProcess _world = null!;
    private RoomRecord _room = null!;
    private int _heard;

    public async ValueTask InitializeAsync()
    {
        _gemini = await PlayedGemini.Start();
        _gemini.Next(_first.Script, _second.Script);
        _world = new OneProcess(_folder.Path, _gemini);
        await _world.Start();
        var user = await ChatUser.SignIn((await _world.Gateway).Http);
        _room = new RoomRecord(user, await user.NewRoom(), "");
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_thousand_readers_who_come_and_go_at_random_cursors_have_the_stored_text_in_the_end()
    {
        output.WriteLine($"seed {_seed}");
        await _room.User.Post(_room.Id, "hello");

        // Each attempt has a text of its own, so that a mixture would show.
        await Speak(_first, "erster");
        await _world.Restart(gracefully: false);
        await Speak(_second, "второй 😀");
        await _second.Finish();
        await Task.WhenAll(_readers).WaitAsync(Patience);

        var stored = (await _room.User.At((await _world.Gateway).Http).Get($"/chatroom/{_room.Id}/message/2")).Content();
        Assert.StartsWith("второй 😀", stored, StringComparison.Ordinal);
        Assert.Equal(Readers, _room.Followed.Count);
        Assert.All(_room.Followed, followed => Assert.Equal(stored, followed.Text));
    }

    /// <summary>Says its pieces, each when somebody has heard something new; with each some readers come.</summary>
    private async Task Speak(Hold hold, string word)
    {
        for (var i = 0; i < Pieces; i++)
        {
            for (var n = 0; n < Readers / (2 * Pieces); n++)
            {
                _readers.Add(Read(_readers.Count));
            }

            var heard = _heard;
            await hold.Say($"{word} {i} ");
            using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
            using var deadline = new CancellationTokenSource(Patience);
            while (_heard == heard)
            {
                await retry.WaitForNextTickAsync(deadline.Token);
            }
        }
    }

    private async Task Read(int number)
    {
        var random = new Random(unchecked((_seed * 397) ^ number));
        var start = random.Next(3) == 0 ? null : _seen[random.Next(_seen.Length)];
        var reader = new Reader(_world, _room, 2, random, start)
        {
            OnSeen = (cursor, text) =>
            {
                _seen[random.Next(_seen.Length)] = Tuple.Create(cursor, text);
                Interlocked.Increment(ref _heard);
            },
        };
        Assert.True(await reader.Read(null));
    }
}
