using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Rules.Tests.Settings;

public sealed class SettingTextTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(" , ,")]
    [InlineData("a", "a")]
    [InlineData(" a, b c ,,d", "a", "b c", "d")]
    public void A_list_is_what_stands_between_commas(string? setting, params string[] expected) =>
        Assert.Equal(expected, SettingText.List(setting));

    [Theory]
    [InlineData("https://chat.example.org", true)]
    [InlineData("http://localhost:8000/", true)]
    [InlineData("ftp://chat.example.org", false)]
    [InlineData("chat.example.org", false)]
    [InlineData("https://chat.example.org/path", false)]
    [InlineData("https://chat.example.org/?query", false)]
    [InlineData("https://chat.example.org/#fragment", false)]
    [InlineData("https://user@chat.example.org", false)]
    [InlineData("https:///", false)]
    [InlineData("/", false)]
    public void An_origin_has_a_scheme_and_a_host_and_nothing_else(string url, bool expected) =>
        Assert.Equal(expected, SettingText.IsOrigin(url));

    [Theory]
    [InlineData("http://localhost:9464", true)]
    [InlineData("http://*:9464", true)]
    [InlineData("http://[::1]:9464", true)]
    [InlineData("http://localhost", false)]
    [InlineData("http://localhost:9464/metrics", false)]
    [InlineData("https://localhost:9464", false)]
    [InlineData("http://unix:/tmp/socket", false)]
    [InlineData("http://pipe:/name", false)]
    [InlineData("localhost:9464", false)]
    [InlineData("", false)]
    public void An_address_to_listen_at_has_a_port_and_no_path(string text, bool expected) =>
        Assert.Equal(expected, SettingText.IsListeningAddress(text));

    [Theory]
    [InlineData(null, "SECRET_KEY is not set. Set it to at least 32 random bytes.")]
    [InlineData("   ", "SECRET_KEY is not set. Set it to at least 32 random bytes.")]
    [InlineData("0123456789012345678901234567890", "SECRET_KEY has 31 bytes; it must have at least 32.")]
    [InlineData("01234567890123456789012345678901", null)]
    [InlineData("ééééééééééééééé", "SECRET_KEY has 30 bytes; it must have at least 32.")]
    [InlineData("éééééééééééééééé", null)]
    public void A_secret_has_at_least_32_bytes(string? secret, string? problem) => Assert.Equal(problem, SecretKey.Validate(secret));

    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData(" ", " ", null, false)]
    [InlineData(" http://localhost:9464/ ", null, "http://localhost:9464", false)]
    [InlineData(null, "http://localhost:4317", null, true)]
    [InlineData(null, " https://collector.example ", null, true)]
    public void Telemetry_goes_where_the_settings_say(string? metrics, string? collector, string? metricsUrl, bool isExported) =>
        Assert.Equal(new TelemetrySettings(metricsUrl, isExported), Telemetry(metrics, collector));

    [Theory]
    [InlineData("localhost:9464", null, "METRICS_URL")]
    [InlineData("http://localhost", null, "METRICS_URL")]
    [InlineData(null, "collector", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData(null, "ftp://collector.example", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData(null, "/collector", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    public void A_wrong_address_of_telemetry_is_refused_by_its_name(string? metrics, string? collector, string name) =>
        Assert.StartsWith(name + " must be ", Assert.Throws<SettingException>(() => Telemetry(metrics, collector)).Message, StringComparison.Ordinal);

    private static TelemetrySettings Telemetry(string? metrics, string? collector) => TelemetrySettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection([new("METRICS_URL", metrics), new("OTEL_EXPORTER_OTLP_ENDPOINT", collector)])
        .Build());
}
