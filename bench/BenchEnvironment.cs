using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;

namespace GeminiChat.Bench;

/// <summary>A gateway, a yardstick and the Gemini that both call, each in a process of its own.</summary>
internal sealed class BenchEnvironment : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("geminichat-bench-").FullName;
    private readonly List<Process> _processes = [];

    private readonly (string Name, string Value)[] _settings;

    private BenchEnvironment(int words, TimeSpan delay, (string Name, string Value)[] settings)
    {
        var gemini = FreeAddress();
        (GatewayUrl, BaselineUrl) = (FreeAddress(), FreeAddress());
        _settings =
        [
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("AUTH_REQUESTS_PER_MINUTE_PER_IP", "0"),
            ("USER_REQUESTS_PER_MINUTE", "0"), ("USER_REPLY_STREAMS", "0"),
            ("BASIC_DAILY_MESSAGES", "0"),
            ("GEMINI_API_KEY", "any"),
            ("GEMINI_BASE_URL", gemini),
            .. settings,
        ];
        var self = typeof(BenchEnvironment).Assembly.Location;
        Start([self, "gemini", gemini, $"{words}", $"{delay.TotalMilliseconds:F0}"]);
        Baseline = Start([self, "yardstick", BaselineUrl, gemini]);
        Gateway = StartGateway();
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { Timeout = TimeSpan.FromMinutes(5) };
    }

    public string GatewayUrl { get; }

    public string BaselineUrl { get; }

    public Process Gateway { get; private set; }

    public Process Baseline { get; }

    public HttpClient Http { get; }

    private static string GatewayProgram => typeof(BenchEnvironment).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(data => data.Key == "GatewayProgram").Value!.Replace('\\', Path.DirectorySeparatorChar);

    public static async Task<BenchEnvironment> Open(int words, TimeSpan delay = default, params (string Name, string Value)[] settings)
    {
        var stage = new BenchEnvironment(words, delay, settings);
        await stage.WaitUntilResponds($"{stage.GatewayUrl}/health/ready");
        await stage.WaitUntilResponds($"{stage.BaselineUrl}/bytes/1");
        return stage;
    }

    /// <summary>Ends the gateway, so that all rooms are in the store alone, and starts it anew.</summary>
    public async Task RestartGateway()
    {
        Gateway.Kill();
        await Gateway.WaitForExitAsync();
        Gateway = StartGateway();
        await WaitUntilResponds($"{GatewayUrl}/health/ready");
    }

    /// <summary>Signs a user in and returns the access token.</summary>
    public async Task<string> SignIn(int number)
    {
        var mobile = $"+1415555{number:D4}";
        var otp = await Post("/auth/send-otp", new { mobile_number = mobile }, null);
        var session = await Post("/auth/verify-otp", new { mobile_number = mobile, otp_code = otp.GetProperty("otp").GetString() }, null);
        return session.GetProperty("access_token").GetString()!;
    }

    /// <summary>Creates rooms of one user and returns their message addresses.</summary>
    public async Task<string[]> CreateRooms(string token, int count)
    {
        var rooms = new string[count];
        await Parallel.ForAsync(0, count, async (i, _) =>
        {
            var room = await Post("/chatroom", new { name = $"room {i}" }, token);
            rooms[i] = $"{GatewayUrl}/chatroom/{room.GetProperty("id").GetString()}/message";
        });
        return rooms;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<JsonElement> Post(string path, object body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, GatewayUrl + path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Process StartGateway() => Start([GatewayProgram, "--urls", GatewayUrl], _settings);

    private Process Start(string[] command, params ReadOnlySpan<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo("dotnet", command) { WorkingDirectory = _folder, UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        _processes.Add(process);
        return process;
    }

    private async Task WaitUntilResponds(string url)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var tries = 0; tries < 300 && !await Responds(url); tries++)
        {
            await retry.WaitForNextTickAsync();
        }
    }

    private async Task<bool> Responds(string url)
    {
        try
        {
            using var response = await Http.GetAsync(url);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }
}
