using System.Globalization;
using System.Net;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>Parses and validates the texts of settings.</summary>
internal static class SettingText
{
    /// <summary>The items of a comma-separated setting, without empty ones.</summary>
    public static string[] List(string? setting) =>
        (setting ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The most settings that <see cref="Numbered"/> names.</summary>
    public const int MaxNumbered = 9;

    /// <summary>The name of a setting that there can be several of: the first one has no number, and the others end with <c>_2</c>, <c>_3</c> and so on.</summary>
    public static string Numbered(string name, int number) => number == 1 ? name : $"{name}_{number}";

    /// <summary>A setting that is the number of a TCP port; null when it is not set.</summary>
    /// <exception cref="SettingException">It is not a port.</exception>
    public static int? Port(IConfiguration settings, string name) => settings[name]?.Trim() switch
    {
        null or "" => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= IPEndPoint.MaxPort => port,
        var text => throw new SettingException($"{name} is '{text}'; it must be a port from 1 to 65535."),
    };

    /// <summary>Whether a text is an http or https origin, without path, query or credentials.</summary>
    public static bool IsOrigin(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && uri is { Host.Length: > 0, PathAndQuery: "/", Fragment: "", UserInfo: "" };

    /// <summary>
    /// Whether a text is an http address to listen at, with a port and without a path. The host may be <c>*</c> or <c>+</c> for
    /// all addresses of the machine, unlike in a URI.
    /// </summary>
    public static bool IsListeningAddress(string text)
    {
        try
        {
            return BindingAddress.Parse(text) is { Scheme: "http", PathBase: "", IsUnixPipe: false, IsNamedPipe: false } address
                && text.EndsWith($":{address.Port}", StringComparison.Ordinal);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
