using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Readers who do not read.</summary>
[Collection<SharedGateway>]
public sealed class SlowReaderTests(GatewayFixture fixture, ITestOutputHelper output) : GatewayTests(fixture)
{
    private const int Pieces = 125;
    private const int PieceLength = 4000;
    private const int SmallBuffer = 2 * 1024;
    private const int SmallSegment = 536;

    // As Linux numbers them.
    private const int TcpLevel = 6;
    private const int MaxSegment = 2;

    private static readonly int Stalled = TestLength.Of(300, 1000);

    // Twice what the server keeps for a connection, and less than half of what it would if each of them held the reply.
    private static readonly long MostGrowth = Stalled * 600L * 1024;

    private readonly List<Socket> _sockets = [];

    public override ValueTask DisposeAsync()
    {
        _sockets.ForEach(socket => socket.Dispose());
        return base.DisposeAsync();
    }

    [Fact]
    public async Task Many_stalled_readers_use_little_memory_and_do_not_delay_another_reader()
    {
        using var deadline = Deadline.Start();
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        await using var reader = user.Stream(
            HttpMethod.Post, $"/chatroom/{room}/message", new { content = "why" }, cancellationToken: deadline.Token).GetAsyncEnumerator(deadline.Token);
        var text = new StringBuilder();
        Assert.True(await reader.MoveNextAsync());
        await hold.SendText(Piece(0));
        await ReadUntil(reader, text, PieceLength);
        var before = Gateway.WorkingSet;
        await Task.WhenAll(Enumerable.Range(0, Stalled).Select(_ => OpenStalledReader(Gateway.Address, $"/chatroom/{room}/message/2", user.Token, deadline.Token)));

        for (var i = 1; i < Pieces; i++)
        {
            await hold.SendText(Piece(i));
            await ReadUntil(reader, text, (i + 1) * PieceLength);
        }

        var growth = Gateway.WorkingSet - before;
        output.WriteLine($"{growth / 1024 / Stalled} KB for each who stalls");
        Assert.True(growth < MostGrowth, $"{growth / 1024 / Stalled} KB for each who stalls");
        await hold.Finish();
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(("done", text.ToString()), (reader.Current.EventType, reader.Current.Json().Content()));
        Assert.Equal(string.Concat(Enumerable.Range(0, Pieces).Select(Piece)), text.ToString());
    }

    private static string Piece(int number) => $"{number} ".PadRight(PieceLength, (char)('a' + (number % 26)));

    private static async Task ReadUntil(IAsyncEnumerator<SseItem<string>> reader, StringBuilder text, int length)
    {
        while (text.Length < length)
        {
            Assert.True(await reader.MoveNextAsync());
            text.Append(reader.Current.EventType == "token" ? reader.Current.Json().GetProperty("text").GetString() : "");
        }
    }

    /// <summary>Attaches, sees the answer begin, and reads no more.</summary>
    private async Task OpenStalledReader(Uri server, string path, string token, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = SmallBuffer };
        if (OperatingSystem.IsLinux())
        {
            // Else the system would take a whole reply of this size for the reader.
            socket.SetRawSocketOption(TcpLevel, MaxSegment, BitConverter.GetBytes(SmallSegment));
        }

        lock (_sockets)
        {
            _sockets.Add(socket);
        }

        await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
        var request = $"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        var start = new byte["HTTP/1.1 200".Length];
        await new NetworkStream(socket).ReadExactlyAsync(start, cancellationToken);
        Assert.Equal("HTTP/1.1 200", Encoding.ASCII.GetString(start));
    }
}
