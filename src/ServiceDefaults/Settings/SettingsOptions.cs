using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using GeminiChat.ServiceDefaults.Startup;
using Microsoft.Extensions.Options;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>
/// Binds settings to options: names without sections, defaults in the options class, and one sentence for each wrong setting.
/// </summary>
internal static class SettingsOptions
{
    /// <summary>
    /// Sets the properties with a <see cref="ConfigurationKeyNameAttribute"/>. Before the host starts, the options are validated
    /// by the attributes of their properties and as <see cref="IValidatableObject"/>.
    /// </summary>
    /// <remarks>
    /// An empty setting, as in a copied <c>.env</c> file, keeps the default. The framework's own binder does not do that, and its
    /// error message for a text instead of a number contains names of .NET types.
    /// </remarks>
    public static OptionsBuilder<TOptions> AddSettings<TOptions>(this IServiceCollection services)
        where TOptions : class
    {
        services.AddSingleton<IValidateOptions<TOptions>, OptionsValidator<TOptions>>();
        return services.AddOptions<TOptions>().Configure<IConfiguration>(Bind).ValidateOnStart();
    }

    private static void Bind<TOptions>(TOptions options, IConfiguration settings)
    {
        foreach (var property in typeof(TOptions).GetProperties())
        {
            if (property.GetCustomAttribute<ConfigurationKeyNameAttribute>() is { Name: var name }
                && settings[name] is { } text && !string.IsNullOrWhiteSpace(text))
            {
                // A space at the end is part of the secret, also for existing installations.
                text = name is SecretKey.Setting ? text : text.Trim();
                property.SetValue(
                    options,
                    property.PropertyType == typeof(int) ? Number(text)
                    : property.PropertyType == typeof(bool) ? Flag(name, text)
                    : text);
            }
        }
    }

    // A text that is not a whole number becomes a value that every RangeAttribute refuses.
    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MinValue;

    private static bool Flag(string name, string text) =>
        bool.TryParse(text, out var flag) ? flag : throw new SettingException($"{name} must be true or false.");

    private sealed class OptionsValidator<TOptions>(IServiceProvider services) : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            var context = new ValidationContext(options, services, items: null);
            var wrong = new List<ValidationResult>();
            if (Validator.TryValidateObject(options, context, wrong, validateAllProperties: true))
            {
                return ValidateOptionsResult.Success;
            }

            // When an attribute fails, the validator does not call Validate of the object.
            wrong.AddRange((options as IValidatableObject)?.Validate(context) ?? []);
            return ValidateOptionsResult.Fail(wrong.Select(result => result.ErrorMessage!).Distinct(StringComparer.Ordinal));
        }
    }
}

/// <summary>A setting is wrong or missing. The message is one line for the operator and names the setting.</summary>
internal sealed class SettingException(string message) : StartupException(message);
