using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Gateway.Tests.Settings;

/// <summary>What the program says at its start, to people.</summary>
public sealed class StartupReportTests
{
    [Fact]
    public async Task Each_part_has_a_row_and_each_development_default_a_warning()
    {
        await using var gateway = await GatewayFixture.StartAsync(configure: builder => builder.Services
            .AddSingleton(new StartupReportLine("database", "a file"))
            .AddSingleton<StartupReport>());

        var rows = Told(gateway);

        Assert.Equal("GeminiChat is running", rows[0]);
        Assert.Contains($"  address   {gateway.Address.GetLeftPart(UriPartial.Authority)}", rows);
        Assert.Contains("  codes     in the answer", rows);
        Assert.Contains("  database  a file", rows);
        Assert.Contains("  mode      Development", rows);
        Assert.Equal(2, rows.Count(row => row.StartsWith("  ! ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_serves_others_is_not_warned_of()
    {
        await using var gateway = await GatewayFixture.StartAsync(
            [
                "--environment=Production", "--OTP_DELIVERY=twilio", "--TWILIO_ACCOUNT_SID=AC1", "--TWILIO_AUTH_TOKEN=x",
                "--TWILIO_FROM=+15005550006",
            ],
            builder => builder.Services.AddSingleton<StartupReport>());

        var rows = Told(gateway);

        Assert.Contains(rows, row => row.EndsWith(" Production", StringComparison.Ordinal));
        Assert.DoesNotContain(rows, row => row.Contains('!', StringComparison.Ordinal));
    }

    private static string[] Told(GatewayFixture gateway)
    {
        using var console = new StringWriter();
        gateway.Services.GetRequiredService<StartupReport>().Write(console, isForPeople: true);
        return console.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
