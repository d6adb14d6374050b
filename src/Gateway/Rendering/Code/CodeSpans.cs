namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Comments and strings that many languages have.</summary>
internal static class CodeSpans
{
    public static readonly CodeSpan BlockComment = new("/*", "*/", IsMultiLine: true, Escapes: false);
    public static readonly CodeSpan DoubleQuoted = new("\"", "\"");
    public static readonly CodeSpan SingleQuoted = new("'", "'");
    public static readonly CodeSpan TripleDouble = new("\"\"\"", "\"\"\"", IsMultiLine: true);
    public static readonly CodeSpan TripleSingle = new("'''", "'''", IsMultiLine: true);
    public static readonly CodeSpan LongDouble = DoubleQuoted with { IsMultiLine = true };
    public static readonly CodeSpan LongSingle = SingleQuoted with { IsMultiLine = true };

    public static readonly CodeSpan[] CComments = [new("//", "\n"), BlockComment];
    public static readonly CodeSpan[] HashComments = [new("#", "\n")];
}
