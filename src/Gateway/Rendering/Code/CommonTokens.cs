namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Comments and strings that many languages have.</summary>
internal static class CommonTokens
{
    public static readonly DelimitedToken LineComment = new("//", "\n");
    public static readonly DelimitedToken BlockComment = new("/*", "*/", IsMultiLine: true, Escapes: false);
    public static readonly DelimitedToken DoubleQuoted = new("\"", "\"");
    public static readonly DelimitedToken SingleQuoted = new("'", "'");
    public static readonly DelimitedToken TripleDoubleQuoted = new("\"\"\"", "\"\"\"", IsMultiLine: true);
    public static readonly DelimitedToken TripleSingleQuoted = new("'''", "'''", IsMultiLine: true);
    public static readonly DelimitedToken MultiLineDoubleQuoted = DoubleQuoted with { IsMultiLine = true };
    public static readonly DelimitedToken MultiLineSingleQuoted = SingleQuoted with { IsMultiLine = true };
    public static readonly DelimitedToken RawSingleQuoted = MultiLineSingleQuoted with { Escapes = false };

    public static readonly DelimitedToken[] CComments = [LineComment, BlockComment];
    public static readonly DelimitedToken[] HashComments = [new("#", "\n")];
}
