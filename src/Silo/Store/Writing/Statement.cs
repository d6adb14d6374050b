namespace GeminiChat.Silo.Store.Writing;

/// <summary>
/// One SQL statement of a write. The text is constant, so the database prepares it once. Only the values vary.
/// </summary>
internal sealed record Statement(string Sql, ImmutableArray<(string Name, SqlValue Value)> Parameters);

/// <summary>A parameter's value with its type, which a null needs too.</summary>
internal readonly record struct SqlValue(SqlType Type, object? Value)
{
    public static implicit operator SqlValue(Guid value) => new(SqlType.Uuid, value);

    public static implicit operator SqlValue(long? value) => new(SqlType.Long, value);

    public static implicit operator SqlValue(DateTimeOffset? value) => new(SqlType.Long, value?.ToUnixTimeMilliseconds());

    public static implicit operator SqlValue(int value) => new(SqlType.Int, value);

    public static implicit operator SqlValue(bool value) => new(SqlType.Int, value ? 1 : 0);

    public static implicit operator SqlValue(string? value) => new(SqlType.Text, value);

    public static implicit operator SqlValue(string[] value) => new(SqlType.TextArray, value);

    public static implicit operator SqlValue(long[] value) => new(SqlType.LongArray, value);

    public static implicit operator SqlValue(Guid[] value) => new(SqlType.UuidArray, value);
}

internal enum SqlType
{
    Uuid,
    Long,
    Int,
    Text,
    TextArray,
    LongArray,
    UuidArray,
}
