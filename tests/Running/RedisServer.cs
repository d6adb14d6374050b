using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GeminiChat.Running;

/// <summary>A Redis, which keeps the list of the cluster's members in a file or loses it with its process.</summary>
public sealed class RedisServer : ServerProcess
{
    private const string Program = "redis-server";

    private readonly int _port;

    private RedisServer(string folder, int port, bool keeps)
        : base(new ProcessStartInfo(
            Program,
            ["--bind", "127.0.0.1", "--port", $"{port}", "--dir", folder, "--save", "", "--appendonly", keeps ? "yes" : "no", "--appendfsync", "always"]))
    {
        _port = port;
    }

    /// <summary>Whether it is installed.</summary>
    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, Program)));

    /// <summary>Where it listens.</summary>
    public string Address => $"127.0.0.1:{_port}";

    /// <summary>The value of <c>REDIS_URL</c>.</summary>
    public string Url => $"redis://{Address}/0";

    /// <summary>Starts a server; done when it serves.</summary>
    /// <param name="folder">Where it keeps its file.</param>
    /// <param name="isPersistent">Whether it keeps one: the append-only file.</param>
    public static async Task<RedisServer> Start(string folder, bool isPersistent)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "redis")).FullName;
        var server = new RedisServer(data, Ports.FindFree(), isPersistent);
        server.Launch();
        await server.WaitUntilReady();
        return server;
    }

    public override Task WaitUntilReady() => WaitUntil(async () =>
    {
        try
        {
            return await SendCommand("PING") == "+PONG";
        }
        catch (Exception away) when (away is SocketException or IOException)
        {
            return false;
        }
    });

    /// <summary>Forgets everything, as a Redis that was set up anew.</summary>
    public async Task FlushAll() => Assert.Equal("+OK", await SendCommand("FLUSHALL"));

    /// <summary>Refuses new clients that do not have this password.</summary>
    public async Task RequirePassword(string password) => Assert.Equal("+OK", await SendCommand($"CONFIG SET requirepass {password}"));

    private async Task<string?> SendCommand(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{command}\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync();
    }
}
