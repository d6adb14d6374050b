namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Languages of data, settings and documents.</summary>
internal static class DocumentLanguages
{
    private static readonly CodeLanguage Ini = new("INI", CodeSyntax.Ini);
    private static readonly CodeLanguage Markup = new("HTML", CodeSyntax.Markup);

    public static IEnumerable<(string Names, CodeLanguage Language)> All { get; } =
    [
        ("json jsonc json5 jsonl ndjson geojson webmanifest", new("JSON", CodeSyntax.Json)),
        ("html htm xhtml", Markup),
        ("vue", Markup with { Name = "Vue" }),
        ("svelte", Markup with { Name = "Svelte" }),
        ("xml xsd xsl xslt rss atom plist csproj xaml", Markup with { Name = "XML" }),
        ("svg", Markup with { Name = "SVG" }),
        ("css", new("CSS", CodeSyntax.Css)),
        ("scss sass", new("SCSS", CodeSyntax.Css)),
        ("less", new("Less", CodeSyntax.Css)),
        ("yaml yml", new("YAML", CodeSyntax.Yaml)),
        ("ini cfg conf", Ini),
        ("toml", Ini with { Name = "TOML" }),
        ("properties", Ini with { Name = "Properties" }),
        ("env dotenv", Ini with { Name = "Environment" }),
        ("diff patch", new("Diff", CodeSyntax.Diff)),
        ("markdown md mdx", new("Markdown", CodeSyntax.Markdown)),
        ("text txt plain plaintext output", new("Text", CodeSyntax.Plain)),
    ];
}
