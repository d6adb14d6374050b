using System.Net;
using System.Net.Sockets;

namespace GeminiChat.Cluster.Tests.Servers;

/// <summary>The way to a port, which can be cut: then nothing gets through, and nobody is told.</summary>
internal sealed class BlockableProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly TcpListener _listener;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _isOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BlockableProxy()
    {
        (Port, Target) = (Ports.FindFree(), Ports.FindFree());
        _listener = new TcpListener(IPAddress.Any, Port);
        _listener.Start();
        _isOpen.SetResult();
        _accepting = Accept();
    }

    /// <summary>The port that others know.</summary>
    public int Port { get; }

    /// <summary>The port at its end.</summary>
    public int Target { get; }

    /// <summary>Lets nothing through any more.</summary>
    public void Block() => _isOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets through what waits, and what comes.</summary>
    public void Unblock() => _isOpen.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task Accept()
    {
        while (!_ending.IsCancellationRequested)
        {
            _ = Relay(await _listener.AcceptTcpClientAsync(_ending.Token), _ending.Token);
        }
    }

    private async Task Relay(TcpClient here, CancellationToken ending)
    {
        using var there = new TcpClient();
        using (here)
        {
            try
            {
                await _isOpen.Task.WaitAsync(ending);
                await there.ConnectAsync(IPAddress.Loopback, Target, ending);
                await Task.WhenAny(Copy(here.GetStream(), there.GetStream(), ending), Copy(there.GetStream(), here.GetStream(), ending));
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                // Nobody listens, or all of it ends.
            }
        }
    }

    private async Task Copy(NetworkStream from, NetworkStream to, CancellationToken ending)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer, ending)) > 0)
        {
            await _isOpen.Task.WaitAsync(ending);
            await to.WriteAsync(buffer.AsMemory(0, count), ending);
        }
    }
}
