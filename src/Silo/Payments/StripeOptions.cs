using GeminiChat.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Payments;

/// <summary>How to reach Stripe, and what to sell there.</summary>
internal sealed class StripeOptions
{
    /// <summary>The secret or restricted key. Null or blank: payments are off. <c>STRIPE_SECRET_KEY</c></summary>
    [ConfigurationKeyName("STRIPE_SECRET_KEY")]
    public string? SecretKey { get; set; }

    /// <summary>
    /// The recurring prices of Pro, comma-separated: the first is sold, and a subscription to any of them is one to Pro.
    /// <c>STRIPE_PRO_PRICE_ID</c>
    /// </summary>
    [ConfigurationKeyName("STRIPE_PRO_PRICE_ID")]
    public string? ProPriceId { get; set; }

    /// <summary>The origin of the service: http or https, without a path. <c>STRIPE_API_BASE</c></summary>
    [ConfigurationKeyName("STRIPE_API_BASE")]
    public string ApiBase { get; set; } = "https://api.stripe.com";

    /// <summary>The prices that make Pro, the one that is sold first; empty without the setting.</summary>
    public string[] ProPrices => string.IsNullOrWhiteSpace(ProPriceId) ? [] : ProPriceId.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>Whether there is a key to ask Stripe with.</summary>
    public bool HasKey => !string.IsNullOrWhiteSpace(SecretKey);

    /// <summary>Whether the key is one for real money; null when it does not say.</summary>
    public bool? IsLive => SecretKey?.Split('_') is ["sk" or "rk", var mode, _, ..]
        ? mode switch { "live" => true, "test" => false, _ => null }
        : null;
}

/// <summary>One line for each setting that is wrong.</summary>
internal sealed class StripeOptionsCheck : IValidateOptions<StripeOptions>
{
    public ValidateOptionsResult Validate(string? name, StripeOptions options)
    {
        var flaws = Flaws(options).ToList();
        return flaws.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(flaws);
    }

    private static IEnumerable<string> Flaws(StripeOptions options)
    {
        if (options.SecretKey?.All(character => character is >= '!' and <= '~') is false)
        {
            yield return "STRIPE_SECRET_KEY must consist of visible ASCII characters.";
        }

        if (options.HasKey && options.ProPrices is [])
        {
            yield return "STRIPE_PRO_PRICE_ID is not set; STRIPE_SECRET_KEY needs it.";
        }

        if (options.ProPrices.Any(string.IsNullOrEmpty))
        {
            yield return "STRIPE_PRO_PRICE_ID must be ids of prices, comma-separated, without a blank among them.";
        }

        if (!SettingForms.IsOrigin(options.ApiBase))
        {
            yield return "STRIPE_API_BASE must be an http or https origin without a path, like https://api.stripe.com.";
        }
    }
}
