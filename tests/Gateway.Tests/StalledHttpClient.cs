using System.Net.Sockets;
using System.Text;
using GeminiChat.Running;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace GeminiChat.Gateway.Tests;

/// <summary>A client that asks for a stream, takes its beginning, and then reads no more.</summary>
internal sealed class StalledHttpClient : IDisposable
{
    private const int SmallBuffer = 4 * 1024;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = SmallBuffer };

    /// <summary>Asks, and waits for the first bytes of the answer.</summary>
    public static async Task<StalledHttpClient> StartAsync(Uri server, string path, string token, string accept = "*/*")
    {
        using var deadline = Deadline.Start();
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

/// <summary>What a gateway needs so that such a client holds it up soon.</summary>
internal static class StalledHttpClientExtensions
{
    /// <summary>Lets the system keep little of what a client has not taken yet.</summary>
    public static IWebHostBuilder UseSmallSendBuffers(this IWebHostBuilder builder) =>
        builder.UseSockets(sockets => sockets.CreateBoundListenSocket = static endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.SendBufferSize = 4 * 1024;
            return socket;
        });
}
