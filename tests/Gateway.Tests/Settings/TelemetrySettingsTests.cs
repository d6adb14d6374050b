using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Gateway.Tests.Settings;

public sealed class TelemetrySettingsTests
{
    [Fact]
    public void Telemetry_is_off_by_default() =>
        Assert.Equal(new TelemetrySettings(null, IsExported: false), Read(("METRICS_URL", " "), ("OTEL_EXPORTER_OTLP_ENDPOINT", "")));

    [Theory]
    [InlineData("http://localhost:9464")]
    [InlineData("http://*:9464/")]
    [InlineData("http://[::1]:9464")]
    public void Metrics_have_an_address_of_their_own(string url) =>
        Assert.Equal(url.TrimEnd('/'), Read(("METRICS_URL", url)).MetricsUrl);

    [Theory]
    [InlineData("METRICS_URL", "9464")]
    [InlineData("METRICS_URL", "http://localhost")]
    [InlineData("METRICS_URL", "http://localhost:9464/metrics")]
    [InlineData("METRICS_URL", "https://localhost:9464")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")]
    public void A_malformed_address_is_refused_with_the_name_of_the_setting(string name, string value) =>
        Assert.Contains(name, Assert.Throws<SettingException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    private static TelemetrySettings Read(params (string Name, string Value)[] settings) => TelemetrySettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build());
}
