using System.Net.Sockets;
using System.Text;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A request whose body comes a little faster than the slowest that the web server allows, and never ends.</summary>
internal sealed class SlowUpload : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] Piece = new byte[40];

    private readonly TcpClient _connection;
    private readonly NetworkStream _stream;
    private readonly Task _sending;
    private readonly Task<string> _answer;

    private SlowUpload(TcpClient connection)
    {
        (_connection, _stream) = (connection, connection.GetStream());
        _sending = Send();
        _answer = Read();
    }

    public static async Task<SlowUpload> Begin(Uri server, string path, string token)
    {
        var connection = new TcpClient(server.Host, server.Port);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"));
        return new SlowUpload(connection);
    }

    /// <summary>Waits until the server has ended the connection, and returns what it said.</summary>
    public async Task<string> WaitForResponse()
    {
        await _sending.WaitAsync(Deadline.Timeout);
        return await _answer.WaitAsync(Deadline.Timeout);
    }

    public void Dispose() => _connection.Dispose();

    private async Task Send()
    {
        using var step = new PeriodicTimer(Step);
        try
        {
            while (await step.WaitForNextTickAsync())
            {
                await _stream.WriteAsync(Piece);
            }
        }
        catch (IOException)
        {
            // The server has ended it.
        }
    }

    private async Task<string> Read()
    {
        var answer = new MemoryStream();
        try
        {
            await _stream.CopyToAsync(answer);
        }
        catch (IOException)
        {
            // Reset, because it never read all that was sent.
        }

        return Encoding.ASCII.GetString(answer.ToArray());
    }
}
