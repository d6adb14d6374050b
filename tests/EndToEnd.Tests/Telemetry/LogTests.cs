using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace GeminiChat.EndToEnd.Tests.Telemetry;

/// <summary>What the program prints when nobody sits before it.</summary>
public sealed class LogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_log_entry_is_one_JSON_object_with_UTC_time()
    {
        await using var gateway = await GatewayProcess.Start(
            _folder.Path, ("OTP_DELIVERY", "log"), ("METRICS_URL", $"http://127.0.0.1:{Ports.FindFree()}"));
        using var sent = await gateway.Http.PostAsJsonAsync("/auth/send-otp", new { mobile_number = "+14155557501" });
        await gateway.WaitForLog("One-time code");
        gateway.Terminate();
        Assert.Equal(0, await gateway.WaitForExit());

        var entries = gateway.Output.Split('\n').Select(line => JsonElement.Parse(line)).ToList();
        Assert.All(entries, entry => Assert.Equal(DateTimeKind.Utc, TimeOf(entry).Kind));
        var code = Assert.Single(entries, entry => Message(entry).StartsWith("One-time code", StringComparison.Ordinal));
        Assert.Contains("TraceId", code.GetProperty("Scopes").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_can_be_switched_to_text()
    {
        await using var gateway = await GatewayProcess.Start(_folder.Path, ("LOG_FORMAT", "text"));
        await gateway.WaitForLog("is running");
        Assert.DoesNotContain(gateway.Output.Split('\n'), line => line.StartsWith('{'));
    }

    private static DateTime TimeOf(JsonElement entry) =>
        DateTime.Parse(Text(entry, "Timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private static string Message(JsonElement entry) => Text(entry, "Message");

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
