using StackExchange.Redis;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>Reads <c>REDIS_URL</c>.</summary>
internal static class RedisUrl
{
    private const int DefaultPort = 6379;

    /// <summary>
    /// Parses <c>redis://[user:password@]host[:port][/database]</c>, <c>rediss://</c> for TLS, or a configuration string of
    /// StackExchange.Redis.
    /// </summary>
    /// <returns>Connection options, with a retry each second while Redis is away.</returns>
    /// <exception cref="SettingException">The text is none of these.</exception>
    public static ConfigurationOptions Parse(string text)
    {
        var options = Read(text);
        options.ReconnectRetryPolicy = new LinearRetry((int)TimeSpan.FromSeconds(1).TotalMilliseconds);
        return options;
    }

    private static ConfigurationOptions Read(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            return ReadConfiguration(text);
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("redis" or "rediss") || url.Host.Length == 0)
        {
            throw Invalid();
        }

        var credentials = url.UserInfo.Split(':', 2);
        var options = new ConfigurationOptions { Ssl = url.Scheme == "rediss", AbortOnConnectFail = false };
        options.EndPoints.Add(url.Host, url.Port > 0 ? url.Port : DefaultPort);
        if (credentials is [var user, var password])
        {
            options.User = user.Length > 0 ? Uri.UnescapeDataString(user) : null;
            options.Password = Uri.UnescapeDataString(password);
        }

        if (int.TryParse(url.AbsolutePath.TrimStart('/'), out var database))
        {
            options.DefaultDatabase = database;
        }

        return options;
    }

    private static ConfigurationOptions ReadConfiguration(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text) is { EndPoints.Count: > 0 } options ? options : throw Invalid();
        }
        catch (ArgumentException)
        {
            throw Invalid();
        }
    }

    private static SettingException Invalid() => new("REDIS_URL must look like redis://[user:password@]host[:port][/database].");
}
