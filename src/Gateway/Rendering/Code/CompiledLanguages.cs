using static GeminiChat.Gateway.Rendering.Code.CommonTokens;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Languages that are usually compiled.</summary>
internal static class CompiledLanguages
{
    private const string CKeywords =
        "alignas alignof auto break case const constexpr continue default do else enum extern for goto if inline register restrict return sizeof static "
        + "static_assert struct switch typedef typeof union volatile while";

    private const string CTypes =
        "bool char double float int long short signed size_t ssize_t unsigned void wchar_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t "
        + "FILE";

    private static readonly DelimitedToken RawBacktick = new("`", "`", IsMultiLine: true, Escapes: false);

    private static readonly CodeLanguage C = new("C")
    {
        Traits = CodeTraits.Preprocessor,
        Keywords = CKeywords,
        Types = CTypes,
        Comments = CComments,
        Strings = [DoubleQuoted, SingleQuoted],
        StringPrefixes = ["L", "u", "U", "u8"],
    };

    public static IEnumerable<(string Names, CodeLanguage Language)> All { get; } =
    [
        ("c h", C),
        ("cpp c++ cxx cc hpp hxx arduino ino", C with
        {
            Name = "C++",
            Traits = CodeTraits.Preprocessor | CodeTraits.CapitalizedTypes,
            Keywords = CKeywords + " and catch class co_await co_return co_yield concept const_cast consteval constinit decltype delete dynamic_cast explicit "
                + "export final friend mutable namespace new noexcept not operator or override private protected public reinterpret_cast requires "
                + "static_cast template this throw try typename using virtual",
            Types = CTypes + " std string string_view vector map set unordered_map unordered_set array pair tuple optional unique_ptr shared_ptr",
            Strings = [new("R\"(", ")\"", IsMultiLine: true, Escapes: false), DoubleQuoted, SingleQuoted],
        }),
        ("csharp cs c#", new("C#")
        {
            Traits = CodeTraits.Preprocessor | CodeTraits.CapitalizedTypes,
            Keywords = "abstract and as async await base break case catch checked class const continue default delegate do else enum event explicit extern "
                + "finally fixed for foreach from get global goto group if implicit in init interface internal into is join let lock namespace new not "
                + "operator or orderby out override params partial private protected public readonly record ref required return sealed select set sizeof "
                + "stackalloc static struct switch this throw try typeof unchecked unsafe using var virtual volatile when where while with yield",
            Types = "bool byte char decimal double dynamic float int long nint nuint object sbyte short string uint ulong ushort void",
            Comments = CComments,
            Strings =
            [
                new("$\"\"\"", "\"\"\"", IsMultiLine: true, Escapes: false), TripleDoubleQuoted with { Escapes = false },
                new("@\"", "\"", IsMultiLine: true, Escapes: false), new("$@\"", "\"", IsMultiLine: true, Escapes: false), new("$\"", "\""), DoubleQuoted, SingleQuoted,
            ],
        }),
        ("java groovy gradle", new("Java")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalizedTypes,
            Keywords = "abstract assert break case catch class const continue default do else enum extends final finally for goto if implements import "
                + "instanceof interface native new package permits private protected public record return sealed static strictfp super switch synchronized "
                + "this throw throws transient try var volatile when while yield",
            Types = "boolean byte char double float int long short void",
            Comments = CComments,
            Strings = [TripleDoubleQuoted, DoubleQuoted, SingleQuoted],
        }),
        ("kotlin kt kts", new("Kotlin")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalizedTypes,
            Keywords = "abstract actual as break by catch class companion const constructor continue crossinline data do else enum expect external final "
                + "finally for fun get if import in infix init inline inner interface internal is lateinit noinline object open operator out override package "
                + "private protected public reified return sealed set super suspend tailrec this throw try typealias val value var vararg when where while",
            Comments = CComments,
            Strings = [TripleDoubleQuoted with { Escapes = false }, DoubleQuoted, SingleQuoted],
        }),
        ("scala", new("Scala")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalizedTypes,
            Keywords = "abstract case catch class def do else enum extends final finally for given if implicit import lazy match new object override package "
                + "private protected return sealed super then this throw trait try type using val var while with yield",
            Comments = CComments,
            Strings = [TripleDoubleQuoted with { Escapes = false }, DoubleQuoted, SingleQuoted],
            StringPrefixes = ["s", "f", "raw"],
        }),
        ("swift", new("Swift")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalizedTypes,
            Keywords = "actor any as associatedtype async await break case catch class continue convenience default defer deinit didSet do dynamic else enum "
                + "extension fallthrough fileprivate final for func get guard if import in indirect init inout internal is lazy let mutating nonisolated open "
                + "operator optional override private protocol public repeat required rethrows return self Self set some static struct subscript super switch "
                + "throw throws try typealias unowned var weak where while willSet",
            Comments = CComments,
            Strings = [TripleDoubleQuoted, DoubleQuoted],
        }),
        ("dart", new("Dart")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalizedTypes,
            Keywords = "abstract as assert async await break case catch class const continue default do dynamic else enum export extends extension external "
                + "factory final finally for get if implements import in is late library mixin new on operator part required rethrow return sealed set show "
                + "static super switch sync this throw try typedef var void while with yield",
            Types = "bool double int num",
            Comments = CComments,
            Strings = [TripleDoubleQuoted, TripleSingleQuoted, DoubleQuoted, SingleQuoted],
            StringPrefixes = ["r"],
        }),
        ("go golang", new("Go")
        {
            Keywords = "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select "
                + "struct switch type var",
            Types = "any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 "
                + "uint64 uintptr",
            Traits = CodeTraits.CapitalizedTypes,
            Comments = CComments,
            Strings = [DoubleQuoted, SingleQuoted, RawBacktick],
        }),
        ("rust rs", new("Rust")
        {
            Traits = CodeTraits.Lifetimes | CodeTraits.Annotations | CodeTraits.CapitalizedTypes,
            Keywords = "as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref return self Self "
                + "static struct super trait type unsafe use where while",
            Types = "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize",
            Comments = CComments,
            Strings = [new("r#\"", "\"#", IsMultiLine: true, Escapes: false), MultiLineDoubleQuoted],
            StringPrefixes = ["b", "r", "c"],
        }),
    ];
}
