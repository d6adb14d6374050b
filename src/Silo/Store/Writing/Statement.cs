namespace GeminiChat.Silo.Store.Writing;

/// <summary>
/// One SQL statement of a write. The text is a constant, so that it is prepared once; what varies are the values.
/// </summary>
internal sealed record Statement(string Sql, ImmutableArray<(string Name, SqlValue Value)> Parameters);

/// <summary>A parameter's value with its type, which a null needs as well.</summary>
internal readonly record struct SqlValue(SqlType Type, object? Value)
{
    public static implicit operator SqlValue(Guid value) => new(SqlType.Id, value);

    public static implicit operator SqlValue(long value) => new(SqlType.Long, value);

    public static implicit operator SqlValue(long? value) => new(SqlType.Long, value);

    public static implicit operator SqlValue(int value) => new(SqlType.Int, value);

    public static implicit operator SqlValue(string? value) => new(SqlType.Text, value);

    public static implicit operator SqlValue(string[] value) => new(SqlType.Texts, value);

    public static implicit operator SqlValue(long[] value) => new(SqlType.Longs, value);
}

internal enum SqlType
{
    Id,
    Long,
    Int,
    Text,
    Texts,
    Longs,
}
