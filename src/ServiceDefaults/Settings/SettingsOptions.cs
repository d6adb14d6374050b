using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>
/// The one way from settings to options: flat names, defaults in the options class, and one sentence for each setting that
/// is wrong.
/// </summary>
internal static class SettingsOptions
{
    /// <summary>
    /// Sets the properties that name a setting with <see cref="ConfigurationKeyNameAttribute"/>. Before the host starts the
    /// options are validated, by the attributes of their properties and as <see cref="IValidatableObject"/>.
    /// </summary>
    /// <remarks>
    /// A blank setting, as in a copied <c>.env</c> file, leaves the default. The framework's own binder does not know that,
    /// and its message for a text in the place of a number names types of .NET.
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
                // A space at the end of a secret is part of it, as it always was.
                text = name is SecretKey.Setting ? text : text.Trim();
                property.SetValue(options, property.PropertyType == typeof(int) ? Number(text) : text);
            }
        }
    }

    /// <summary>A text that is no whole number becomes one that no <see cref="RangeAttribute"/> lets pass.</summary>
    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MinValue;

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

            // After a wrong attribute the validator does not ask the object itself.
            wrong.AddRange((options as IValidatableObject)?.Validate(context) ?? []);
            return ValidateOptionsResult.Fail(wrong.Select(result => result.ErrorMessage!).Distinct(StringComparer.Ordinal));
        }
    }
}
