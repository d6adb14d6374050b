using System.Net.Sockets;
using System.Text;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests;

/// <summary>Sends bytes that an HTTP client would not.</summary>
internal sealed class RawHttpClient(Uri server) : IDisposable
{
    private readonly TcpClient _connection = new(server.Host, server.Port);

    /// <summary>Sends a request, and reads until the server closes.</summary>
    public async Task<string> SendAsync(string request)
    {
        using var deadline = Deadline.Start();
        var stream = _connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), deadline.Token);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(deadline.Token);
    }

    public void Dispose() => _connection.Dispose();
}
