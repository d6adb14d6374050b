using static GeminiChat.Gateway.Rendering.Code.CommonTokens;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Languages for one task: queries, schemas, builds, infrastructure, diagrams.</summary>
internal static class DomainLanguages
{
    private static readonly DelimitedToken[] DashComments = [new("--", "\n"), BlockComment];

    public static IEnumerable<(string Names, CodeLanguage Language)> All { get; } =
    [
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
            Strings = [RawSingleQuoted, DoubleQuoted, new("`", "`")],
        }),
        ("graphql gql", new("GraphQL")
        {
            Traits = CodeTraits.Annotations | CodeTraits.DollarVariables | CodeTraits.CapitalizedTypes,
            Keywords = "directive enum extend fragment implements input interface mutation on query scalar schema subscription type union",
            Comments = HashComments,
            Strings = [TripleDoubleQuoted, DoubleQuoted],
        }),
        ("protobuf proto", new("Protocol Buffers")
        {
            Keywords = "enum extend import map message oneof option optional package repeated reserved returns rpc service stream syntax",
            Types = "bool bytes double fixed32 fixed64 float int32 int64 sint32 sint64 string uint32 uint64",
            Comments = CComments,
            Strings = [DoubleQuoted, SingleQuoted],
        }),
        ("hcl terraform tf", new("Terraform")
        {
            Keywords = "data dynamic for for_each if in locals module output provider resource terraform variable",
            Comments = [.. CComments, .. HashComments],
            Strings = [DoubleQuoted],
        }),
        ("dockerfile docker containerfile", new("Dockerfile")
        {
            Traits = CodeTraits.DollarVariables | CodeTraits.DashesInNames,
            Keywords = "ADD ARG AS CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR",
            Comments = HashComments,
            Strings = [DoubleQuoted, SingleQuoted],
        }),
        ("makefile make mk", new("Makefile")
        {
            Traits = CodeTraits.DollarVariables | CodeTraits.DashesInNames,
            Keywords = "define else endef endif export ifdef ifeq ifndef ifneq include override",
            Comments = HashComments,
            Strings = [DoubleQuoted, SingleQuoted],
        }),
        ("mermaid", new("Mermaid")
        {
            Keywords = "flowchart graph subgraph end sequenceDiagram participant actor classDiagram class stateDiagram state erDiagram gantt pie title section "
                + "journey mindmap timeline gitGraph note loop alt else opt par direction style linkStyle classDef click TD TB LR RL BT as",
            Comments = [new("%%", "\n")],
            Strings = [DoubleQuoted],
        }),
    ];
}
