using System.Diagnostics;
using System.Reflection;

namespace GeminiChat.Running;

/// <summary>One of the two programs of the project, as it was built with the tests.</summary>
public abstract class WebProcess : ServerProcess
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);

    protected WebProcess(string program, string folder, ReadOnlySpan<(string Name, string Value)> settings)
        : this(program, folder, new Uri($"http://127.0.0.1:{Ports.FindFree()}"), settings)
    {
    }

    private WebProcess(string program, string folder, Uri address, ReadOnlySpan<(string Name, string Value)> settings)
        : base(Program(program, folder, address, settings))
    {
        Address = address;
        Http = new HttpClient { BaseAddress = address, Timeout = RequestTimeout };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public override Task WaitUntilReady() => WaitUntil(() => IsHealthy("/health/ready"));

    /// <summary>Waits until the web server listens.</summary>
    public Task WaitUntilLive() => WaitUntil(() => IsHealthy("/health/live"));

    /// <summary>Waits until it tells balancers to stay away.</summary>
    public Task WaitUntilNotReady() => WaitUntil(async () => !await IsHealthy("/health/ready"));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Http.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task<bool> IsHealthy(string probe) => IsOk(Http, probe);

    private static ProcessStartInfo Program(
        string name, string folder, Uri address, ReadOnlySpan<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo("dotnet", [PathOf(name), "--urls", address.ToString()]) { WorkingDirectory = folder };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";

        // It lives too short to get back what profiling of its code costs, and compiling most of it a second time. By default,
        // 30 calls are enough for that; this is 10,000.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_CallCountThreshold"] = "2710";

        // Many users sign in from one address here, and some have much to say.
        start.Environment["AUTH_REQUESTS_PER_MINUTE_PER_IP"] = "0";
        start.Environment["USER_REQUESTS_PER_MINUTE"] = "0";
        start.Environment["USER_REPLY_STREAMS"] = "0";
        start.Environment["BASIC_DAILY_MESSAGES"] = "0";
        foreach (var (setting, value) in settings)
        {
            start.Environment[setting] = value;
        }

        return start;
    }

    /// <summary>Runs a program to its end, with nothing set but what the test sets.</summary>
    /// <param name="program"><c>Gateway</c> or <c>Silo</c>.</param>
    /// <param name="folder">The working folder.</param>
    /// <param name="settings">Its settings, such as <c>PORT=8000</c>.</param>
    public static Task<ProgramRun> RunToEnd(string program, string folder, params IEnumerable<string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [PathOf(program)]) { WorkingDirectory = folder };
        foreach (var setting in settings.Select(setting => setting.Split('=', 2)))
        {
            start.Environment[setting[0]] = setting[1];
        }

        return ProgramRun.ToEnd(start);
    }

    /// <summary>Where a program lies that was built with the tests.</summary>
    public static string PathOf(string program) =>
        Path.GetFullPath(Path.Combine(Metadata("Programs"), program, Metadata("Built"), $"GeminiChat.{program}.dll"));

    private static string Metadata(string key) => typeof(WebProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!
        .Replace('\\', Path.DirectorySeparatorChar);
}
