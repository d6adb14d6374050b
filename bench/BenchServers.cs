using System.Diagnostics;
using System.Globalization;

namespace GeminiChat.Bench;

/// <summary>The fake Gemini and the baseline server, each in a process of its own.</summary>
internal sealed class BenchServers : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly BenchServer _model;
    private readonly BenchServer _baseline;

    private BenchServers()
    {
        ModelUrl = $"http://127.0.0.1:{Ports.FindFree()}";
        BaselineUrl = $"http://127.0.0.1:{Ports.FindFree()}";
        _model = new BenchServer(_http, $"{ModelUrl}/mean-request-bytes", "model", ModelUrl);
        _baseline = new BenchServer(_http, $"{BaselineUrl}/bytes/1", "baseline", BaselineUrl, ModelUrl);
    }

    public string ModelUrl { get; }

    public string BaselineUrl { get; }

    public TimeSpan BaselineCpu => ProcessUsage.Cpu(_baseline.Id);

    public long BaselineMemory => ProcessUsage.Memory(_baseline.Id);

    public static async Task<BenchServers> Start()
    {
        var servers = new BenchServers();
        await servers._model.WaitUntilReady();
        await servers._baseline.WaitUntilReady();
        return servers;
    }

    /// <summary>Sets what the model answers from now on.</summary>
    public async Task Configure(int chunks, TimeSpan delay = default)
    {
        using var response = await _http.PostAsync(
            string.Create(CultureInfo.InvariantCulture, $"{ModelUrl}/configure?chunks={chunks}&delay={delay.TotalMilliseconds}"), content: null);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Sets a text that the model answers from now on, in chunks of so many characters.</summary>
    public async Task Configure(string text, int length, TimeSpan delay)
    {
        using var content = new StringContent(text);
        using var response = await _http.PostAsync(
            string.Create(CultureInfo.InvariantCulture, $"{ModelUrl}/configure/text?length={length}&delay={delay.TotalMilliseconds}"), content);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>How long the model's requests were since <see cref="Configure(int, TimeSpan)"/>.</summary>
    public async Task<int> MeanRequestBytes() =>
        int.Parse(await _http.GetStringAsync($"{ModelUrl}/mean-request-bytes"), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        await _baseline.DisposeAsync();
        _http.Dispose();
    }

    /// <summary>This program in one of its roles.</summary>
    private sealed class BenchServer : ServerProcess
    {
        private readonly HttpClient _http;
        private readonly string _probe;

        public BenchServer(HttpClient http, string probe, params string[] arguments)
            : base(new ProcessStartInfo("dotnet", [typeof(BenchServers).Assembly.Location, .. arguments]))
        {
            (_http, _probe) = (http, probe);
            Launch();
        }

        public override Task WaitUntilReady() => WaitUntil(() => IsOk(_http, _probe));
    }
}
