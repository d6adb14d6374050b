using System.Globalization;
using System.Text.Json;

namespace GeminiChat.EndToEnd.Tests.Telemetry;

/// <summary>What the program prints when nobody sits before it.</summary>
[Collection<SharedTracedRun>]
public sealed class LogTests(TracingFixture run)
{
    [Fact]
    public void Each_log_entry_is_one_JSON_object_with_UTC_time()
    {
        Assert.All(run.Log, entry => Assert.Equal(DateTimeKind.Utc, TimeOf(entry).Kind));
        var code = Assert.Single(run.Log, entry => TracingFixture.IsCode(entry.GetProperty("Message").GetString()!));
        Assert.Contains("TraceId", code.GetProperty("Scopes").GetRawText(), StringComparison.Ordinal);
    }

    private static DateTime TimeOf(JsonElement entry) =>
        DateTime.Parse(entry.GetProperty("Timestamp").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}

/// <summary>What it prints when <c>LOG_FORMAT</c> is <c>text</c>.</summary>
[Collection<SharedModelFaultGateway>]
public sealed class TextLogTests(ModelFaultFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task Logs_can_be_switched_to_text()
    {
        await Gateway.WaitForLog("is running");
        Assert.DoesNotContain(Gateway.Output.Split('\n'), line => line.StartsWith('{'));
    }
}
