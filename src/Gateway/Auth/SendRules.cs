using GeminiChat.Gateway.Settings;
using GeminiChat.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Auth;

/// <summary>Which numbers get messages at all: none that earn by being called, or that the settings leave out.</summary>
internal sealed class SendRules(IOptions<OtpOptions> options)
{
    private readonly string[] _blocked = SettingText.List(options.Value.BlockedPrefixes);
    private readonly string[] _countries = SettingText.List(options.Value.AllowedCountries);

    /// <summary>Why a number, in E.164 form, gets no message; null when it does.</summary>
    public string? Refusal(string e164) =>
        Array.Exists(_blocked, prefix => e164.StartsWith(prefix, StringComparison.Ordinal)) ? "prefix_blocked"
        : MobileNumbers.IsPremium(e164) ? "premium_rate"
        : _countries.Length > 0 && !Array.Exists(_countries, country => Country.Has(country, e164)) ? "country_not_allowed"
        : null;
}
