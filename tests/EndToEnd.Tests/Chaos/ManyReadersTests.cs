using GeminiChat.Fakes;
using GeminiChat.Running.Chaos;

namespace GeminiChat.EndToEnd.Tests.Chaos;

/// <summary>Readers of one reply, very many of them.</summary>
public sealed class ManyReadersTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Pieces = 100;

    private static readonly int Readers = TestLength.Of(200, 1000);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(120);

    private readonly int _seed = Random.Shared.Next();
    private readonly List<Task> _readers = [];

    // Cursors that somebody has seen, for others to begin at.
    private readonly Tuple<string, string>?[] _seen = new Tuple<string, string>?[100];
    private readonly TemporaryFolder _folder = new();
    private readonly ControlledReply _first = new();
    private readonly ControlledReply _second = new();
    private FakeGemini _gemini = null!;
    private SingleProcessService _service = null!;
    private RoomHistory _room = null!;
    private int _textsReceived;

    public async ValueTask InitializeAsync()
    {
        _gemini = await FakeGemini.Start();
        _gemini.EnqueueReplies(_first.Script, _second.Script);
        _service = new SingleProcessService(_folder.Path, _gemini);
        await _service.Start();
        var user = await ChatUser.SignIn((await _service.Gateway).Http);
        _room = new RoomHistory(user, await user.NewRoom(), "");
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Many_readers_that_reconnect_at_random_cursors_all_read_the_stored_text()
    {
        output.WriteLine($"seed {_seed}");
        await _room.User.Post(_room.Id, "hello");

        // Each attempt has a text of its own, so that a mixture would show.
        await SendWords(_first, "erster");
        await _service.Restart(gracefully: false);
        await SendWords(_second, "второй 😀");
        await _second.Finish();
        await Task.WhenAll(_readers).WaitAsync(ReadTimeout);

        var stored = (await _room.User.Through((await _service.Gateway).Http).Get($"/chatroom/{_room.Id}/message/2")).Content();
        Assert.StartsWith("второй 😀", stored, StringComparison.Ordinal);
        Assert.Equal(Readers, _room.ReadReplies.Count);
        Assert.All(_room.ReadReplies, followed => Assert.Equal(stored, followed.Text));
    }

    /// <summary>Says its pieces, each when somebody has heard something new; with each some readers come.</summary>
    private async Task SendWords(ControlledReply hold, string word)
    {
        for (var i = 0; i < Pieces; i++)
        {
            for (var n = 0; n < Readers / (2 * Pieces); n++)
            {
                _readers.Add(Read(_readers.Count));
            }

            var heard = _textsReceived;
            await hold.SendText($"{word} {i} ");
            using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
            using var deadline = new CancellationTokenSource(ReadTimeout);
            while (_textsReceived == heard)
            {
                await retry.WaitForNextTickAsync(deadline.Token);
            }
        }
    }

    private async Task Read(int number)
    {
        var random = new Random(unchecked((_seed * 397) ^ number));
        var start = random.Next(3) == 0 ? null : _seen[random.Next(_seen.Length)];
        var reader = new ReconnectingReader(_service, _room, 2, random, start)
        {
            OnText = (cursor, text) =>
            {
                _seen[random.Next(_seen.Length)] = Tuple.Create(cursor, text);
                Interlocked.Increment(ref _textsReceived);
            },
        };
        Assert.True(await reader.Read(null));
    }
}
