using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace GeminiChat.Silo.Tests.Hosting;

/// <summary>A real Redis that keeps nothing; skips the test where there is none.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConnectionMultiplexer _connection;

    private RedisServer(Process process, string address, ConnectionMultiplexer connection) =>
        (_process, Address, _connection) = (process, address, connection);

    public string Address { get; }

    public static async Task<RedisServer> Start()
    {
        var port = FreePort();
        var start = new ProcessStartInfo("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("redis-server is not installed.");
            throw;
        }

        process.BeginOutputReadLine();
        var address = $"127.0.0.1:{port}";
        return new RedisServer(process, address, await Connect(address));
    }

    /// <summary>Loses all data.</summary>
    public Task Flush() => _connection.GetServer(Address).FlushAllDatabasesAsync();

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        if (!_process.HasExited)
        {
            await Kill();
        }

        _process.Dispose();
    }

    private static async Task<ConnectionMultiplexer> Connect(string address)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                return await ConnectionMultiplexer.ConnectAsync($"{address},allowAdmin=true");
            }
            catch (RedisConnectionException)
            {
                await retry.WaitForNextTickAsync(deadline.Token);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
