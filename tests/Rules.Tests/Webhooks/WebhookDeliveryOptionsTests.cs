using System.ComponentModel.DataAnnotations;
using GeminiChat.Silo.Webhooks;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Rules.Tests.Webhooks;

public sealed class WebhookDeliveryOptionsTests
{
    private const string Secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [Fact]
    public void Without_settings_there_is_no_receiver() => Assert.Empty(Read("WEBHOOK_URL=;WEBHOOK_SECRET= ").Endpoints);

    [Fact]
    public void Each_receiver_has_the_number_of_its_settings()
    {
        var options = Read($"WEBHOOK_URL_9=http://10.0.0.1:8080/a?b=c;WEBHOOK_SECRET_9={Secret};WEBHOOK_URL= https://example.org ;WEBHOOK_SECRET={Secret}, {Secret}");

        Assert.Empty(Errors(options));
        Assert.Equal([(1, "https://example.org/", 2), (9, "http://10.0.0.1:8080/a?b=c", 1)], options.Endpoints.Select(one => (one.Number, one.Url.ToString(), one.Keys.Length)));
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (byte)i), options.Endpoints[0].Keys[1]);
    }

    [Theory]
    [InlineData($"WEBHOOK_SECRET={Secret}", "WEBHOOK_URL is not set")]
    [InlineData($"WEBHOOK_SECRET_2={Secret}", "WEBHOOK_URL_2 is not set")]
    [InlineData("WEBHOOK_URL_3=https://example.org", "WEBHOOK_SECRET_3 is not set")]
    [InlineData($"WEBHOOK_URL=example.org;WEBHOOK_SECRET={Secret}", "WEBHOOK_URL must be")]
    [InlineData($"WEBHOOK_URL=ftp://example.org;WEBHOOK_SECRET={Secret}", "WEBHOOK_URL must be")]
    [InlineData($"WEBHOOK_URL=https://user:password@example.org;WEBHOOK_SECRET={Secret}", "WEBHOOK_URL must be")]
    [InlineData("WEBHOOK_URL=https://example.org;WEBHOOK_SECRET=secret", "WEBHOOK_SECRET must be")]
    [InlineData("WEBHOOK_URL=https://example.org;WEBHOOK_SECRET=whsec_AAAA", "WEBHOOK_SECRET must be")]
    [InlineData("WEBHOOK_URL=https://example.org;WEBHOOK_SECRET=whsec_not-base64-not-base64-not-base64-not-base64", "WEBHOOK_SECRET must be")]
    [InlineData($"WEBHOOK_URL=https://example.org;WEBHOOK_SECRET={Secret},", "WEBHOOK_SECRET must be")]
    [InlineData($"WEBHOOK_URL=https://example.org;WEBHOOK_SECRET={Secret},{Secret},{Secret}", "WEBHOOK_SECRET must be")]
    public void A_wrong_setting_is_named_and_not_shown(string settings, string error)
    {
        var shown = Assert.Single(Errors(Read(settings)));
        Assert.StartsWith(error, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("password@", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret["whsec_".Length..], shown, StringComparison.Ordinal);
    }

    private static List<string> Errors(WebhookDeliveryOptions options) =>
        [.. options.Validate(new ValidationContext(options)).Select(result => result.ErrorMessage!)];

    private static WebhookDeliveryOptions Read(string settings)
    {
        var options = new WebhookDeliveryOptions();
        WebhookDeliveryOptions.Read(options, new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Split(';').Select(setting => setting.Split('=', 2)).Select(pair => new KeyValuePair<string, string?>(pair[0], pair[1])))
            .Build());
        return options;
    }
}
