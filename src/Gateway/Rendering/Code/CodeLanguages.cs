using System.Collections.Frozen;
using static GeminiChat.Gateway.Rendering.Code.CodeSpans;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>The languages whose code is highlighted, by the words that name them after a fence.</summary>
internal static class CodeLanguages
{
    private const string ScriptKeywords =
        "as async await break case catch class const continue debugger default delete do else export extends finally for from function get if import in "
        + "instanceof let new of return set static super switch this throw try typeof var void while with yield";

    private const string TypeScriptKeywords =
        ScriptKeywords + " abstract asserts declare enum implements infer interface is keyof module namespace override private protected public readonly "
        + "satisfies type unique";

    private const string CKeywords =
        "alignas alignof auto break case const constexpr continue default do else enum extern for goto if inline register restrict return sizeof static "
        + "static_assert struct switch typedef typeof union volatile while";

    private const string CTypes =
        "bool char double float int long short signed size_t ssize_t unsigned void wchar_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t "
        + "FILE";

    private static readonly CodeSpan[] DashComments = [new("--", "\n"), new("/*", "*/", IsMultiLine: true, Escapes: false)];
    private static readonly CodeSpan Backtick = new("`", "`", IsMultiLine: true);
    private static readonly CodeSpan RawBacktick = new("`", "`", IsMultiLine: true, Escapes: false);
    private static readonly CodeSpan RawSingle = LongSingle with { Escapes = false };

    private static readonly CodeLanguage Script = new("JavaScript")
    {
        Traits = CodeTraits.Script | CodeTraits.CapitalTypes | CodeTraits.Annotations,
        Keywords = ScriptKeywords,
        Comments = CComments,
        Strings = [DoubleQuoted, SingleQuoted, Backtick],
    };

    private static readonly CodeLanguage TypeScript = Script with
    {
        Name = "TypeScript",
        Keywords = TypeScriptKeywords,
        Types = "any bigint boolean never number object string symbol undefined unknown void",
    };

    private static readonly CodeLanguage C = new("C")
    {
        Traits = CodeTraits.Preprocessor,
        Keywords = CKeywords,
        Types = CTypes,
        Comments = CComments,
        Strings = [DoubleQuoted, SingleQuoted],
        StringPrefixes = ["L", "u", "U", "u8"],
    };

    private static readonly CodeLanguage Shell = new("Shell")
    {
        Traits = CodeTraits.Commands | CodeTraits.Dollars | CodeTraits.Dashes,
        Keywords = "case do done elif else esac export fi for function if in local readonly return select set source then unset until while",
        Comments = HashComments,
        Strings = [LongDouble, RawSingle],
    };

    private static readonly CodeLanguage Ini = new("INI", CodeSyntax.Ini);
    private static readonly CodeLanguage Markup = new("HTML", CodeSyntax.Markup);

    /// <summary>Null if the language is unknown: its code is shown without colours.</summary>
    public static CodeLanguage? Find(string name) => All.GetValueOrDefault(name);

    private static FrozenDictionary<string, CodeLanguage> Build()
    {
        var all = new Dictionary<string, CodeLanguage>(StringComparer.OrdinalIgnoreCase);
        foreach (var (names, language) in Data.Concat(General).Concat(MoreCodeLanguages.All))
        {
            foreach (var name in names.Split(' '))
            {
                all.Add(name, language);
            }
        }

        return all.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static IEnumerable<(string Names, CodeLanguage Language)> Data { get; } =
    [
        ("json jsonc json5 jsonl ndjson geojson webmanifest", new("JSON", CodeSyntax.Json)),
        ("html htm xhtml", Markup),
        ("vue", Markup with { Name = "Vue" }),
        ("svelte", Markup with { Name = "Svelte" }),
        ("xml xsd xsl xslt rss atom plist csproj xaml", Markup with { Name = "XML" }),
        ("svg", Markup with { Name = "SVG" }),
        ("css", new("CSS", CodeSyntax.Style)),
        ("scss sass", new("SCSS", CodeSyntax.Style)),
        ("less", new("Less", CodeSyntax.Style)),
        ("yaml yml", new("YAML", CodeSyntax.Yaml)),
        ("ini cfg conf", Ini),
        ("toml", Ini with { Name = "TOML" }),
        ("properties", Ini with { Name = "Properties" }),
        ("env dotenv", Ini with { Name = "Environment" }),
        ("diff patch", new("Diff", CodeSyntax.Diff)),
        ("markdown md mdx", new("Markdown", CodeSyntax.Markdown)),
        ("mermaid", new("Mermaid") { Comments = [new("%%", "\n")], Strings = [DoubleQuoted], Keywords = "flowchart graph subgraph end sequenceDiagram participant "
            + "actor classDiagram class stateDiagram state erDiagram gantt pie title section journey mindmap timeline gitGraph note loop alt else opt par "
            + "direction style linkStyle classDef click TD TB LR RL BT as" }),
        ("text txt plain plaintext output", new("Text", CodeSyntax.Plain)),
    ];

    private static IEnumerable<(string Names, CodeLanguage Language)> General { get; } =
    [
        ("javascript js mjs cjs", Script),
        ("jsx", Script with { Name = "JSX" }),
        ("typescript ts mts cts", TypeScript),
        ("tsx", TypeScript with { Name = "TSX" }),
        ("c h", C),
        ("cpp c++ cxx cc hpp hxx arduino ino", C with
        {
            Name = "C++",
            Traits = CodeTraits.Preprocessor | CodeTraits.CapitalTypes,
            Keywords = CKeywords + " and catch class co_await co_return co_yield concept const_cast consteval constinit decltype delete dynamic_cast explicit "
                + "export final friend mutable namespace new noexcept not operator or override private protected public reinterpret_cast requires "
                + "static_cast template this throw try typename using virtual",
            Types = CTypes + " std string string_view vector map set unordered_map unordered_set array pair tuple optional unique_ptr shared_ptr",
            Strings = [new("R\"(", ")\"", IsMultiLine: true, Escapes: false), DoubleQuoted, SingleQuoted],
        }),
        ("bash sh shell zsh", Shell),
        ("console shellsession terminal", Shell with { Name = "Console" }),
        ("fish", Shell with { Name = "Fish" }),
        ("python py python3 pyi", new("Python")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalTypes,
            Keywords = "and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match "
                + "nonlocal not or pass raise return try while with yield",
            Types = "bool bytes complex dict float frozenset int list object range set str tuple type",
            Comments = HashComments,
            Strings = [TripleDouble, TripleSingle, DoubleQuoted, SingleQuoted],
            StringPrefixes = ["r", "b", "f", "u", "rb", "br", "fr", "rf", "R", "B", "F", "t"],
        }),
        ("sql postgresql postgres mysql sqlite tsql plsql", new("SQL")
        {
            Traits = CodeTraits.IgnoreCase,
            Keywords = "add all alter and any as asc begin between by cascade case check column commit conflict constraint create cross current_date "
                + "current_timestamp database default delete desc distinct do drop else end except exists explain fetch filter first following for foreign "
                + "from full function grant group having if ilike in index inner insert intersect interval into is join key lateral left like limit "
                + "materialized natural not nothing null nulls offset on or order outer over partition preceding primary procedure recursive references "
                + "returning returns revoke right rollback row rows schema select set table temporary then to transaction trigger truncate unbounded union "
                + "unique update using values view when where window with",
            Types = "bigint bigserial blob boolean bytea char date datetime decimal double float int integer json jsonb numeric precision real serial "
                + "smallint text time timestamp timestamptz tinyint uuid varchar",
            Comments = DashComments,
            Strings = [RawSingle, DoubleQuoted, new("`", "`")],
        }),
        ("go golang", new("Go")
        {
            Keywords = "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select "
                + "struct switch type var",
            Types = "any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 "
                + "uint64 uintptr",
            Traits = CodeTraits.CapitalTypes,
            Comments = CComments,
            Strings = [DoubleQuoted, SingleQuoted, RawBacktick],
        }),
        ("rust rs", new("Rust")
        {
            Traits = CodeTraits.Lifetimes | CodeTraits.Annotations | CodeTraits.CapitalTypes,
            Keywords = "as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref return self Self "
                + "static struct super trait type unsafe use where while",
            Types = "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize",
            Comments = CComments,
            Strings = [new("r#\"", "\"#", IsMultiLine: true, Escapes: false), LongDouble],
            StringPrefixes = ["b", "r", "c"],
        }),
    ];

    // Built of the lists above, so it comes after them.
    private static readonly FrozenDictionary<string, CodeLanguage> All = Build();
}
