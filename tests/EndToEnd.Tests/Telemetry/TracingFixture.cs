using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests.Telemetry;

/// <summary>Classes that look at one run of the program.</summary>
[CollectionDefinition]
public sealed class SharedTracedRun : ICollectionFixture<TracingFixture>;

/// <summary>A run of the program that sends its traces and metrics to a collector, and codes to its log, to its orderly end.</summary>
public sealed class TracingFixture : IAsyncLifetime
{
    private const string CodeEntry = "One-time code";
    private const string Number = "+14155557401";
    private const string Password = "a password of the traced run";
    private const string Prompt = "a prompt of the traced run";
    private const string Answer = "an answer of the traced run";

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _secrets = [Number[1..], Number[2..], Password, Prompt, Answer, FakeGemini.Key];

    internal IReadOnlyList<ExportedSpan> Spans { get; private set; } = [];

    internal string Raw { get; private set; } = "";

    internal bool HasMetrics { get; private set; }

    /// <summary>All that was logged.</summary>
    internal IReadOnlyList<JsonElement> Log { get; private set; } = [];

    internal IReadOnlyList<string> Secrets => _secrets;

    public async ValueTask InitializeAsync()
    {
        await using var gemini = await FakeGemini.Start();
        await using var collector = await FakeCollector.Start();
        gemini.ReplyAlways(Script.Words(Answer));
        await using (var gateway = await GatewayProcess.Start(
            _folder.Path,
            ("OTP_DELIVERY", "log"), ("METRICS_URL", $"http://127.0.0.1:{Ports.FindFree()}"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", gemini.BaseUrl)))
        {
            var user = await SignIn(gateway);
            Assert.Equal("done", (await user.Ask(await user.NewRoom(), Prompt))[^1].EventType);
            using var asked = await gateway.Http.GetAsync($"/payments/subscription/status?session_id={Secret("cs_of_the_traced_run")}");
            Assert.Equal(HttpStatusCode.Unauthorized, asked.StatusCode);
            gateway.Terminate();
            Assert.Equal(0, await gateway.WaitForExit());
            Log = [.. Entries(gateway)];
        }

        (Spans, Raw, HasMetrics) = (collector.Spans, collector.Raw, collector.HasMetrics);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<ChatUser> SignIn(GatewayProcess gateway)
    {
        var http = gateway.Http;
        using var signup = await http.PostAsJsonAsync("/auth/signup", new { name = "Ada", mobile_number = Number, password = Password });
        var token = Secret((await ChatUser.Json(signup, HttpStatusCode.Created)).GetProperty("signup_token").GetString()!);
        using var sent = await http.PostAsJsonAsync("/auth/send-otp", new { mobile_number = Number });
        await gateway.WaitForLog(CodeEntry);
        var code = Entries(gateway).Select(entry => entry.GetProperty("Message").GetString()!).Single(IsCode)[^6..];
        await ChatUser.Json(await http.PostAsJsonAsync("/auth/verify-otp", new { mobile_number = Number, otp_code = code, signup_token = token }));
        var session = await ChatUser.Json(await http.PostAsJsonAsync("/auth/login", new { mobile_number = Number, password = Password }));
        Secret(session.GetProperty("refresh_token").GetString()!);
        return new ChatUser(http, Secret(session.GetProperty("access_token").GetString()!));
    }

    /// <summary>Whether an entry of the log has a code, at its end.</summary>
    internal static bool IsCode(string message) => message.StartsWith(CodeEntry, StringComparison.Ordinal);

    private static IEnumerable<JsonElement> Entries(GatewayProcess gateway) =>
        gateway.Output.Split('\n').Select(line => JsonElement.Parse(line));

    private string Secret(string text)
    {
        _secrets.Add(text);
        return text;
    }
}
