using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;

namespace GeminiChat.Gateway.Rendering;

/// <summary>A conversation as a document of its own, without scripts: the page of a share, and an exported file.</summary>
internal static class ConversationHtml
{
    private const string Logo =
        "<svg viewBox=\"0 0 32 32\" width=\"20\" height=\"20\" aria-hidden=\"true\"><path fill=\"currentColor\" d=\"M5 3h22a4 4 0 0 1 4 4v14a4 4 0 0 1-4 4H14l-8 6v-6H5a4 "
        + "4 0 0 1-4-4V7a4 4 0 0 1 4-4zM16 6c-1 5-3 7-8 8 5 1 7 3 8 8 1-5 3-7 8-8-5-1-7-3-8-8z\"/></svg>";

    /// <summary>The style sheets that a file has in itself.</summary>
    public static string Styles { get; } = string.Concat(((string[])["base.css", "rich.css", "share.css"]).Select(ReadStyles));

    /// <summary>Everything before the messages.</summary>
    /// <param name="name">The room's name.</param>
    /// <param name="date">A line below the name.</param>
    /// <param name="head">What else the head of the document has.</param>
    public static string Begin(string name, string date, string head) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        {head}
        <title>{Encode(name)}</title>
        </head>
        <body>
        <header>
        <p class="brand">{Logo} GeminiChat</p>
        <h1 dir="auto">{Encode(name)}</h1>
        <p class="note">{date}</p>
        </header>
        <main>

        """;

    public const string End = "</main>\n</body>\n</html>\n";

    /// <summary>A message with its sender, time and sources.</summary>
    /// <param name="message">The message.</param>
    /// <param name="html">Its text as HTML.</param>
    /// <param name="extra">What follows its text.</param>
    public static string Write(RoomMessage message, string html, string? extra)
    {
        var isReply = message.Sender is Sender.Ai;
        return string.Create(CultureInfo.InvariantCulture, $"""
            <article class="{(isReply ? "reply" : "question")}" dir="auto">
            <h2>{(isReply ? "Assistant" : "User")} <time datetime="{message.Timestamp:yyyy-MM-ddTHH:mm:ssZ}">{FormatTime(message.Timestamp)}</time></h2>
            <div class="rich">
            {html}</div>
            {WriteSources(message.Grounding)}{extra}</article>

            """);
    }

    public static string FormatDate(DateTimeOffset time) => time.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string FormatTime(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string WriteSources(ReplyGrounding? grounding)
    {
        if (grounding is not { Sources: [_, ..] sources })
        {
            return "";
        }

        var links = sources.Select(source => $"<li><a href=\"{Encode(source.Url)}\" rel=\"nofollow noreferrer\">{Encode(source.Title)}</a></li>\n");
        return $"<h3 class=\"note\">Sources</h3>\n<ol class=\"note\">\n{string.Concat(links)}</ol>\n";
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static string ReadStyles(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"GeminiChat.Gateway.{name}")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
