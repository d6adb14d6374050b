using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Reads <c>render</c>: whether finished replies come as HTML, too.</summary>
internal static class RenderChoice
{
    public const string Meaning =
        "With `render=html`, finished replies carry their Markdown as `content_html`, safe to put into a page: HTML in it "
        + "is text, links lead to the web or to mail, pictures are links, TeX keeps its delimiters in an element of class "
        + "`math`. It is absent where the server has too much to render at once: show `content`.";

    public static Problem Unknown { get; } = Problems.BadRequest("render must be html, or absent.");

    public static Problem? Read(string? text, out bool asHtml)
    {
        asHtml = text == "html";
        return text is null || asHtml ? null : Unknown;
    }
}
