using System.Text;

namespace GeminiChat.Fakes;

/// <summary>A count of tokens that tests can foretell: the words, and for each file 258.</summary>
public static class TokenCounter
{
    /// <summary>The tokens of a picture, a page, or any other file.</summary>
    public const int File = 258;

    private static readonly char[] Spaces = [' ', '\n', '\r', '\t'];

    public static int Count(string text) => text.Split(Spaces, StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>The tokens of a part of a prompt, and what they are tokens of.</summary>
    public static (string Modality, int Tokens) Count(RecordedPart part) => part switch
    {
        { Text: { } text } => ("TEXT", Count(text)),
        { InlineData: { } bytes, MimeType: { } type } when ModalityOf(type) is "TEXT" => ("TEXT", Count(Encoding.UTF8.GetString(bytes))),
        { MimeType: { } type } => (ModalityOf(type), File),
        _ => ("TEXT", Count(part.Json.GetRawText())),
    };

    private static string ModalityOf(string type) => type.Split('/')[0] switch
    {
        "image" => "IMAGE",
        "audio" => "AUDIO",
        "video" => "VIDEO",
        _ when type is "application/pdf" => "DOCUMENT",
        _ => "TEXT",
    };
}
