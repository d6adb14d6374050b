using System.Diagnostics;
using System.Globalization;

namespace GeminiChat.Bench;

/// <summary>The fake Gemini and the baseline server, each in a process of its own.</summary>
internal sealed class BenchServers : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _model;
    private readonly Process _baseline;
    private readonly HttpClient _http = new();

    private BenchServers()
    {
        ModelUrl = $"http://127.0.0.1:{Ports.FindFree()}";
        BaselineUrl = $"http://127.0.0.1:{Ports.FindFree()}";
        _model = Start("model", ModelUrl);
        _baseline = Start("baseline", BaselineUrl, ModelUrl);
    }

    public string ModelUrl { get; }

    public string BaselineUrl { get; }

    public TimeSpan BaselineCpu => ProcessUsage.Cpu(_baseline.Id);

    public long BaselineMemory => ProcessUsage.Memory(_baseline.Id);

    public static async Task<BenchServers> Start()
    {
        var servers = new BenchServers();
        await servers.WaitUntilReady($"{servers.ModelUrl}/mean-request-bytes");
        await servers.WaitUntilReady($"{servers.BaselineUrl}/bytes/1");
        return servers;
    }

    /// <summary>Sets what the model answers from now on.</summary>
    public async Task Configure(int chunks, TimeSpan delay = default)
    {
        using var response = await _http.PostAsync(
            string.Create(CultureInfo.InvariantCulture, $"{ModelUrl}/configure?chunks={chunks}&delay={delay.TotalMilliseconds}"), content: null);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>How long the model's requests were since <see cref="Configure"/>.</summary>
    public async Task<int> MeanRequestBytes() =>
        int.Parse(await _http.GetStringAsync($"{ModelUrl}/mean-request-bytes"), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in (Process[])[_model, _baseline])
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _http.Dispose();
    }

    private static Process Start(params string[] arguments)
    {
        var process = ProcessStarter.Start(new ProcessStartInfo("dotnet", [typeof(BenchServers).Assembly.Location, .. arguments]));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task WaitUntilReady(string url)
    {
        using var deadline = new CancellationTokenSource(StartTimeout);
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await IsReady(url))
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    private async Task<bool> IsReady(string url)
    {
        try
        {
            using var response = await _http.GetAsync(url);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
