namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>What settings have in common.</summary>
internal static class SettingForms
{
    /// <summary>The settings that begin with a prefix, trimmed. One that is blank, as in a copied <c>.env</c> file, counts as not set.</summary>
    public static IConfiguration Filled(this IConfiguration configuration, string prefix) => new ConfigurationBuilder()
        .AddInMemoryCollection(configuration.AsEnumerable()
            .Where(pair => pair.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .Where(pair => !string.IsNullOrWhiteSpace(pair.Value))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.Trim())))
        .Build();

    /// <summary>Whether a text is an http or https origin, without path, query or credentials.</summary>
    public static bool IsOrigin(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && uri is { Host.Length: > 0, PathAndQuery: "/", Fragment: "", UserInfo: "" };

    /// <summary>
    /// Whether a text is an http address to listen at, with a port and without a path. Unlike a URI's, the host may be
    /// <c>*</c> or <c>+</c>: all of the machine's addresses.
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
