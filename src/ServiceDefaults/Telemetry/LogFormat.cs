using System.Text.Encodings.Web;
using System.Text.Json;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.ServiceDefaults.Telemetry;

internal static class LogFormat
{
    private const string Setting = "LOG_FORMAT";
    private const string Text = "text";
    private const string Json = "json";

    /// <summary>
    /// Each entry is one line: text in a terminal, else a JSON object with its trace id. <c>LOG_FORMAT</c> (<c>text</c> or
    /// <c>json</c>) overrides this.
    /// </summary>
    /// <exception cref="SettingException">The setting has another value.</exception>
    public static void AddLogFormat(this IHostApplicationBuilder builder)
    {
        if (IsJson(builder.Configuration))
        {
            builder.Logging.AddJsonConsole(console =>
            {
                (console.UseUtcTimestamp, console.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ");
                console.IncludeScopes = true;

                // The line is not HTML, and people read it too.
                console.JsonWriterOptions = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            });
        }
        else
        {
            builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff "));
        }
    }

    /// <summary>Whether the output is text in a terminal.</summary>
    public static bool IsInteractive(IConfiguration settings) => !Console.IsOutputRedirected && !IsJson(settings);

    private static bool IsJson(IConfiguration settings) => settings[Setting]?.Trim() switch
    {
        null or "" => Console.IsOutputRedirected,
        Text => false,
        Json => true,
        var other => throw new SettingException($"{Setting} is '{other}'; it can be '{Text}' or '{Json}'."),
    };
}
