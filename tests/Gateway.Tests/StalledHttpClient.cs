using System.Net.Sockets;
using System.Text;

namespace GeminiChat.Gateway.Tests;

/// <summary>A client that asks for a stream, takes its beginning, and then reads no more.</summary>
internal sealed class StalledHttpClient : IDisposable
{
    private const int SmallBuffer = 4 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = SmallBuffer };

    /// <summary>Asks, and waits for the first bytes of the answer.</summary>
    public static async Task<StalledHttpClient> StartAsync(Uri server, string path, string token, string accept = "*/*")
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var reader = new StalledHttpClient();
        await reader._socket.ConnectAsync(server.Host, server.Port, deadline.Token);
        var request = $"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\nAccept: {accept}\r\n\r\n";
        await reader._socket.SendAsync(Encoding.ASCII.GetBytes(request), deadline.Token);
        var start = new byte["HTTP/1.1 200".Length];
        await new NetworkStream(reader._socket).ReadExactlyAsync(start, deadline.Token);
        Assert.Equal("HTTP/1.1 200", Encoding.ASCII.GetString(start));
        return reader;
    }

    /// <summary>Whether the server has broken the connection: it does not take another byte.</summary>
    public bool IsDisconnected()
    {
        try
        {
            return _socket.Send("G"u8) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    public void Dispose() => _socket.Dispose();
}
