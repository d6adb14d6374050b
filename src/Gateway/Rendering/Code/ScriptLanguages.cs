using static GeminiChat.Gateway.Rendering.Code.CommonTokens;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Languages of scripts and shells.</summary>
internal static class ScriptLanguages
{
    private const string JavaScriptKeywords =
        "as async await break case catch class const continue debugger default delete do else export extends finally for from function get if import in "
        + "instanceof let new of return set static super switch this throw try typeof var void while with yield";

    private const string TypeScriptKeywords =
        JavaScriptKeywords + " abstract asserts declare enum implements infer interface is keyof module namespace override private protected public readonly "
        + "satisfies type unique";

    private static readonly DelimitedToken Backtick = new("`", "`", IsMultiLine: true);

    private static readonly CodeLanguage JavaScript = new("JavaScript")
    {
        Traits = CodeTraits.RegexAndJsx | CodeTraits.CapitalizedTypes | CodeTraits.Annotations,
        Keywords = JavaScriptKeywords,
        Comments = CComments,
        Strings = [DoubleQuoted, SingleQuoted, Backtick],
    };

    private static readonly CodeLanguage TypeScript = JavaScript with
    {
        Name = "TypeScript",
        Keywords = TypeScriptKeywords,
        Types = "any bigint boolean never number object string symbol undefined unknown void",
    };

    private static readonly CodeLanguage Shell = new("Shell")
    {
        Traits = CodeTraits.ShellCommands | CodeTraits.DollarVariables | CodeTraits.DashesInNames,
        Keywords = "case do done elif else esac export fi for function if in local readonly return select set source then unset until while",
        Comments = HashComments,
        Strings = [MultiLineDoubleQuoted, RawSingleQuoted],
    };

    public static IEnumerable<(string Names, CodeLanguage Language)> All { get; } =
    [
        ("javascript js mjs cjs", JavaScript),
        ("jsx", JavaScript with { Name = "JSX" }),
        ("typescript ts mts cts", TypeScript),
        ("tsx", TypeScript with { Name = "TSX" }),
        ("python py python3 pyi", new("Python")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalizedTypes,
            Keywords = "and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match "
                + "nonlocal not or pass raise return try while with yield",
            Types = "bool bytes complex dict float frozenset int list object range set str tuple type",
            Comments = HashComments,
            Strings = [TripleDoubleQuoted, TripleSingleQuoted, DoubleQuoted, SingleQuoted],
            StringPrefixes = ["r", "b", "f", "u", "rb", "br", "fr", "rf", "R", "B", "F", "t"],
        }),
        ("ruby rb rails", new("Ruby")
        {
            Traits = CodeTraits.Symbols | CodeTraits.CapitalizedTypes,
            Keywords = "alias and attr_accessor attr_reader attr_writer begin break case class def defined do else elsif end ensure extend for if in include "
                + "loop module next not or private protected public puts raise redo require require_relative rescue retry return self super then undef unless "
                + "until when while yield",
            Comments = [new("=begin", "=end", IsMultiLine: true, Escapes: false), .. HashComments],
            Strings = [MultiLineDoubleQuoted, MultiLineSingleQuoted, new("`", "`")],
        }),
        ("php", new("PHP")
        {
            Traits = CodeTraits.DollarVariables | CodeTraits.Annotations | CodeTraits.CapitalizedTypes,
            Keywords = "abstract and array as break callable case catch class clone const continue declare default do echo else elseif empty enum extends "
                + "final finally fn for foreach function global goto if implements include include_once instanceof insteadof interface isset list match "
                + "namespace new or php print private protected public readonly require require_once return static switch throw trait try unset use var while "
                + "xor yield",
            Types = "bool float int iterable mixed never object self string void",
            Comments = [.. CComments, new("# ", "\n")],
            Strings = [MultiLineDoubleQuoted, MultiLineSingleQuoted],
        }),
        ("perl pl", new("Perl")
        {
            Traits = CodeTraits.DollarVariables,
            Keywords = "and die do else elsif for foreach if last local my next no or our package print printf redo require return say sub unless until use while",
            Comments = HashComments,
            Strings = [MultiLineDoubleQuoted, MultiLineSingleQuoted],
        }),
        ("lua", new("Lua")
        {
            Keywords = "and break do else elseif end for function goto if in local not or repeat return then until while",
            Comments = [new("--[[", "]]", IsMultiLine: true, Escapes: false), new("--", "\n")],
            Strings = [new("[[", "]]", IsMultiLine: true, Escapes: false), DoubleQuoted, SingleQuoted],
        }),
        ("r", new("R")
        {
            Keywords = "break else for function if in library next repeat require return while",
            Comments = HashComments,
            Strings = [MultiLineDoubleQuoted, MultiLineSingleQuoted],
        }),
        ("elixir ex exs", new("Elixir")
        {
            Traits = CodeTraits.Symbols | CodeTraits.CapitalizedTypes,
            Keywords = "after alias and case catch cond def defimpl defmacro defmodule defp defprotocol defstruct do else end fn for if import in not or quote "
                + "raise receive require rescue try unless unquote use when with",
            Comments = HashComments,
            Strings = [TripleDoubleQuoted, MultiLineDoubleQuoted, MultiLineSingleQuoted],
        }),
        ("bash sh shell zsh", Shell),
        ("console shellsession terminal", Shell with { Name = "Console" }),
        ("fish", Shell with { Name = "Fish" }),
        ("powershell ps1 ps pwsh", new("PowerShell")
        {
            Traits = CodeTraits.IgnoreCase | CodeTraits.DollarVariables | CodeTraits.DashesInNames | CodeTraits.ShellCommands,
            Keywords = "begin break catch class continue do else elseif end enum exit filter finally for foreach function if in param process return switch "
                + "throw trap try until using while",
            Comments = [new("<#", "#>", IsMultiLine: true, Escapes: false), .. HashComments],
            Strings = [new("@\"", "\"@", IsMultiLine: true, Escapes: false), MultiLineDoubleQuoted with { Escapes = false }, RawSingleQuoted],
        }),
    ];
}
