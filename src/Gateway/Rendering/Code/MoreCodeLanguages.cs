using static GeminiChat.Gateway.Rendering.Code.CodeSpans;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Languages of <see cref="CodeLanguages"/>, continued.</summary>
internal static class MoreCodeLanguages
{
    public static IEnumerable<(string Names, CodeLanguage Language)> All { get; } =
    [
        ("csharp cs c#", new("C#")
        {
            Traits = CodeTraits.Preprocessor | CodeTraits.CapitalTypes,
            Keywords = "abstract and as async await base break case catch checked class const continue default delegate do else enum event explicit extern "
                + "finally fixed for foreach from get global goto group if implicit in init interface internal into is join let lock namespace new not "
                + "operator or orderby out override params partial private protected public readonly record ref required return sealed select set sizeof "
                + "stackalloc static struct switch this throw try typeof unchecked unsafe using var virtual volatile when where while with yield",
            Types = "bool byte char decimal double dynamic float int long nint nuint object sbyte short string uint ulong ushort void",
            Comments = CComments,
            Strings =
            [
                new("$\"\"\"", "\"\"\"", IsMultiLine: true, Escapes: false), TripleDouble with { Escapes = false },
                new("@\"", "\"", IsMultiLine: true, Escapes: false), new("$@\"", "\"", IsMultiLine: true, Escapes: false), new("$\"", "\""), DoubleQuoted, SingleQuoted,
            ],
        }),
        ("java groovy gradle", new("Java")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalTypes,
            Keywords = "abstract assert break case catch class const continue default do else enum extends final finally for goto if implements import "
                + "instanceof interface native new package permits private protected public record return sealed static strictfp super switch synchronized "
                + "this throw throws transient try var volatile when while yield",
            Types = "boolean byte char double float int long short void",
            Comments = CComments,
            Strings = [TripleDouble, DoubleQuoted, SingleQuoted],
        }),
        ("kotlin kt kts", new("Kotlin")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalTypes,
            Keywords = "abstract actual as break by catch class companion const constructor continue crossinline data do else enum expect external final "
                + "finally for fun get if import in infix init inline inner interface internal is lateinit noinline object open operator out override package "
                + "private protected public reified return sealed set super suspend tailrec this throw try typealias val value var vararg when where while",
            Comments = CComments,
            Strings = [TripleDouble with { Escapes = false }, DoubleQuoted, SingleQuoted],
        }),
        ("scala", new("Scala")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalTypes,
            Keywords = "abstract case catch class def do else enum extends final finally for given if implicit import lazy match new object override package "
                + "private protected return sealed super then this throw trait try type using val var while with yield",
            Comments = CComments,
            Strings = [TripleDouble with { Escapes = false }, DoubleQuoted, SingleQuoted],
            StringPrefixes = ["s", "f", "raw"],
        }),
        ("swift", new("Swift")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalTypes,
            Keywords = "actor any as associatedtype async await break case catch class continue convenience default defer deinit didSet do dynamic else enum "
                + "extension fallthrough fileprivate final for func get guard if import in indirect init inout internal is lazy let mutating nonisolated open "
                + "operator optional override private protocol public repeat required rethrows return self Self set some static struct subscript super switch "
                + "throw throws try typealias unowned var weak where while willSet",
            Comments = CComments,
            Strings = [TripleDouble, DoubleQuoted],
        }),
        ("dart", new("Dart")
        {
            Traits = CodeTraits.Annotations | CodeTraits.CapitalTypes,
            Keywords = "abstract as assert async await break case catch class const continue default do dynamic else enum export extends extension external "
                + "factory final finally for get if implements import in is late library mixin new on operator part required rethrow return sealed set show "
                + "static super switch sync this throw try typedef var void while with yield",
            Types = "bool double int num",
            Comments = CComments,
            Strings = [TripleDouble, TripleSingle, DoubleQuoted, SingleQuoted],
            StringPrefixes = ["r"],
        }),
        ("php", new("PHP")
        {
            Traits = CodeTraits.Dollars | CodeTraits.Annotations | CodeTraits.CapitalTypes,
            Keywords = "abstract and array as break callable case catch class clone const continue declare default do echo else elseif empty enum extends "
                + "final finally fn for foreach function global goto if implements include include_once instanceof insteadof interface isset list match "
                + "namespace new or php print private protected public readonly require require_once return static switch throw trait try unset use var while "
                + "xor yield",
            Types = "bool float int iterable mixed never object self string void",
            Comments = [.. CComments, new("# ", "\n")],
            Strings = [LongDouble, LongSingle],
        }),
        ("ruby rb rails", new("Ruby")
        {
            Traits = CodeTraits.Symbols | CodeTraits.CapitalTypes,
            Keywords = "alias and attr_accessor attr_reader attr_writer begin break case class def defined do else elsif end ensure extend for if in include "
                + "loop module next not or private protected public puts raise redo require require_relative rescue retry return self super then undef unless "
                + "until when while yield",
            Comments = [new("=begin", "=end", IsMultiLine: true, Escapes: false), .. HashComments],
            Strings = [LongDouble, LongSingle, new("`", "`")],
        }),
        ("elixir ex exs", new("Elixir")
        {
            Traits = CodeTraits.Symbols | CodeTraits.CapitalTypes,
            Keywords = "after alias and case catch cond def defimpl defmacro defmodule defp defprotocol defstruct do else end fn for if import in not or quote "
                + "raise receive require rescue try unless unquote use when with",
            Comments = HashComments,
            Strings = [TripleDouble, LongDouble, LongSingle],
        }),
        ("dockerfile docker containerfile", new("Dockerfile")
        {
            Traits = CodeTraits.Dollars | CodeTraits.Dashes,
            Keywords = "ADD ARG AS CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR",
            Comments = HashComments,
            Strings = [DoubleQuoted, SingleQuoted],
        }),
        ("makefile make mk", new("Makefile")
        {
            Traits = CodeTraits.Dollars | CodeTraits.Dashes,
            Keywords = "define else endef endif export ifdef ifeq ifndef ifneq include override",
            Comments = HashComments,
            Strings = [DoubleQuoted, SingleQuoted],
        }),
        ("powershell ps1 ps pwsh", new("PowerShell")
        {
            Traits = CodeTraits.IgnoreCase | CodeTraits.Dollars | CodeTraits.Dashes | CodeTraits.Commands,
            Keywords = "begin break catch class continue do else elseif end enum exit filter finally for foreach function if in param process return switch "
                + "throw trap try until using while",
            Comments = [new("<#", "#>", IsMultiLine: true, Escapes: false), .. HashComments],
            Strings = [new("@\"", "\"@", IsMultiLine: true, Escapes: false), LongDouble with { Escapes = false }, LongSingle with { Escapes = false }],
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
            Strings = [LongDouble, LongSingle],
        }),
        ("perl pl", new("Perl")
        {
            Traits = CodeTraits.Dollars,
            Keywords = "and die do else elsif for foreach if last local my next no or our package print printf redo require return say sub unless until use while",
            Comments = HashComments,
            Strings = [LongDouble, LongSingle],
        }),
        ("graphql gql", new("GraphQL")
        {
            Traits = CodeTraits.Annotations | CodeTraits.Dollars | CodeTraits.CapitalTypes,
            Keywords = "directive enum extend fragment implements input interface mutation on query scalar schema subscription type union",
            Comments = HashComments,
            Strings = [TripleDouble, DoubleQuoted],
        }),
        ("hcl terraform tf", new("Terraform")
        {
            Keywords = "data dynamic for for_each if in locals module output provider resource terraform variable",
            Comments = [.. CComments, .. HashComments],
            Strings = [DoubleQuoted],
        }),
        ("protobuf proto", new("Protocol Buffers")
        {
            Keywords = "enum extend import map message oneof option optional package repeated reserved returns rpc service stream syntax",
            Types = "bool bytes double fixed32 fixed64 float int32 int64 sint32 sint64 string uint32 uint64",
            Comments = CComments,
            Strings = [DoubleQuoted, SingleQuoted],
        }),
    ];
}
