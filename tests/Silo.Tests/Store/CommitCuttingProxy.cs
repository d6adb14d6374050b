using System.Net;
using System.Net.Sockets;

namespace GeminiChat.Silo.Tests.Store;

/// <summary>
/// Stands between the store and a PostgreSQL server, and can cut a connection at the moment of a COMMIT: after the
/// server has answered it, but before the answer is passed on.
/// </summary>
internal sealed class CommitCuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly IPEndPoint _server;
    private int _cutsLeft;

    public CommitCuttingProxy(IPEndPoint server)
    {
        _server = server;
        _listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether connections are refused once a commit was cut.</summary>
    public bool RefusesAfterCut { get; init; }

    private bool IsRefusing { get; set; }

    public void CutNextCommit() => Interlocked.Exchange(ref _cutsLeft, 1);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
    }

    private async Task Accept()
    {
        while (!_ending.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_ending.Token);
            if (IsRefusing)
            {
                client.Dispose();
                continue;
            }

            _ = Relay(client);
        }
    }

    private async Task Relay(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(_server, _ending.Token);
            var cut = new Flag();
            await Task.WhenAny(
                Copy(client.GetStream(), server.GetStream(), bytes => cut.IsSet |= IsCommit(bytes) && TryConsumeCut()),
                Copy(server.GetStream(), client.GetStream(), _ => { }, () => cut.IsSet));
            if (cut.IsSet)
            {
                IsRefusing = RefusesAfterCut;
            }
        }
    }

    private async Task Copy(Stream from, Stream to, Action<ReadOnlyMemory<byte>> look, Func<bool>? isCut = null)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer, _ending.Token)) > 0)
        {
            look(buffer.AsMemory(0, count));
            if (isCut?.Invoke() == true)
            {
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, count), _ending.Token);
        }
    }

    private bool TryConsumeCut() => Interlocked.CompareExchange(ref _cutsLeft, 0, 1) == 1;

    // With the zero at its end; a transaction's start asks for READ COMMITTED.
    private static bool IsCommit(ReadOnlyMemory<byte> bytes) => bytes.Span.IndexOf("COMMIT\0"u8) >= 0;

    private sealed class Flag
    {
        public volatile bool IsSet;
    }
}
