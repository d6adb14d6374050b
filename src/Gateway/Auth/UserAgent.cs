namespace GeminiChat.Gateway.Auth;

/// <summary>
/// The header <c>User-Agent</c> of a sign-in, by which a user tells sessions apart. A client can send any text, so nothing else depends
/// on it.
/// </summary>
internal static class UserAgent
{
    /// <summary>UTF-16 code units that are stored. Browsers send about 120.</summary>
    public const int MaxLength = 200;

    // The first mark that is found counts: browsers also send the marks of those that they are compatible with.
    private static readonly (string Token, string Name)[] Browsers =
    [
        ("Edg/", "Edge"),
        ("EdgA/", "Edge"),
        ("EdgiOS/", "Edge"),
        ("OPR/", "Opera"),
        ("OPT/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("UCBrowser/", "UC Browser"),
        ("YaBrowser/", "Yandex"),
        ("Vivaldi/", "Vivaldi"),
        ("DuckDuckGo/", "DuckDuckGo"),
        ("Ddg/", "DuckDuckGo"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];

    // Android is a Linux, and says so.
    private static readonly (string Token, string Name)[] Systems =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows NT", "Windows"),
        ("Macintosh", "macOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>The header without control characters, and without what is behind <see cref="MaxLength"/>; null if there is none.</summary>
    public static string? Read(HttpRequest request)
    {
        var text = string.Concat(request.Headers.UserAgent.ToString().Where(static c => !char.IsControl(c))).Trim();
        return text.Length switch
        {
            0 => null,
            <= MaxLength => text,
            _ => text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)],
        };
    }

    /// <summary>A short name of the device, such as "Chrome on Windows"; null for programs that are neither a browser nor of a known system.</summary>
    public static string? ToDeviceName(string? userAgent)
    {
        var (browser, system) = (Find(Browsers, userAgent), Find(Systems, userAgent));
        return browser is null || system is null ? browser ?? system : $"{browser} on {system}";
    }

    private static string? Find((string Token, string Name)[] known, string? userAgent) =>
        Array.Find(known, entry => userAgent?.Contains(entry.Token, StringComparison.Ordinal) is true).Name;
}
