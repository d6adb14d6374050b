using System.Net;
using System.Net.Sockets;

namespace GeminiChat.Running;

/// <summary>Passes connections on to a server. It can hold all of them up, and cut one just before a response.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly TcpListener _listener;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _isOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile byte[]? _lostRequest;
    private volatile bool _isRefusing;

    public TcpProxy(IPEndPoint server)
    {
        (Server, Port) = (server, Ports.FindFree());

        // Silos know each other by an address that is not the loopback.
        _listener = new TcpListener(IPAddress.Any, Port);
        _listener.Start();
        _isOpen.SetResult();
        _accepting = Accept();
    }

    public IPEndPoint Server { get; }

    /// <summary>The port that clients connect to.</summary>
    public int Port { get; }

    /// <summary>Whether connections are refused once one was cut.</summary>
    public bool RefusesAfterCut { get; init; }

    /// <summary>Passes nothing on any more, and closes nothing.</summary>
    public void Block() => _isOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Passes on what waits, and what comes.</summary>
    public void Unblock() => _isOpen.TrySetResult();

    /// <summary>
    /// Passes the next request that contains these bytes on to the server, and closes the connection when the response comes.
    /// </summary>
    public void LoseResponseTo(byte[] request) => _lostRequest = request;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Accept()
    {
        while (!_ending.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_ending.Token);
            if (_isRefusing)
            {
                client.Dispose();
                continue;
            }

            _ = Relay(client);
        }
    }

    private async Task Relay(TcpClient client)
    {
        var cut = new TaskCompletionSource();
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await _isOpen.Task.WaitAsync(_ending.Token);
                await server.ConnectAsync(Server, _ending.Token);
                await Task.WhenAny(
                    Copy(client.GetStream(), server.GetStream(), bytes => !IsLost(bytes) || cut.TrySetResult()),
                    Copy(server.GetStream(), client.GetStream(), _ => !cut.Task.IsCompleted));
                _isRefusing |= RefusesAfterCut && cut.Task.IsCompleted;
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                // Nobody listens, or the test is over.
            }
        }
    }

    /// <summary>Copies until the end, or until something must not pass.</summary>
    private async Task Copy(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, bool> mayPass)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer, _ending.Token)) > 0 && mayPass(buffer.AsMemory(0, count)))
        {
            await _isOpen.Task.WaitAsync(_ending.Token);
            await to.WriteAsync(buffer.AsMemory(0, count), _ending.Token);
        }
    }

    private bool IsLost(ReadOnlyMemory<byte> bytes) =>
        _lostRequest is { } lost && bytes.Span.IndexOf(lost) >= 0 && Interlocked.CompareExchange(ref _lostRequest, null, lost) == lost;
}
