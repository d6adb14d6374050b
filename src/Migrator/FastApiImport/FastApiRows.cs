using System.Data.Common;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>A user of the old service.</summary>
internal sealed record FastApiUser(
    long Id,
    string? Number,
    string? Name,
    string? PasswordHash,
    DateTimeOffset? CreatedAt,
    bool HasProvedNumber,
    bool IsPro,
    string? CustomerId,
    string? SubscriptionId)
{
    public static FastApiUser Read(DbDataReader row) => new(
        row.GetInt64(0), OldText.OrNull(row, 1), OldText.OrNull(row, 2), OldText.OrNull(row, 3), OldMoment.OrNull(row, 4), row.GetBoolean(5),
        row.GetBoolean(6), OldText.OrNull(row, 7), OldText.OrNull(row, 8));
}

/// <summary>A room of the old service.</summary>
internal sealed record FastApiRoom(long Id, long? UserId, string? Name, DateTimeOffset? CreatedAt)
{
    public static FastApiRoom Read(DbDataReader row) => new(
        row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1), OldText.OrNull(row, 2), OldMoment.OrNull(row, 3));
}

/// <summary>A message of the old service.</summary>
internal sealed record FastApiMessage(long Id, string? Sender, string? Content, DateTimeOffset? Timestamp)
{
    /// <summary>The message in a row of a room; null in the one row of a room that has none.</summary>
    public static FastApiMessage? Read(DbDataReader row) => row.IsDBNull(4)
        ? null
        : new FastApiMessage(row.GetInt64(4), OldText.OrNull(row, 5), OldText.OrNull(row, 6), OldMoment.OrNull(row, 7));
}

/// <summary>Text of the old service.</summary>
internal static class OldText
{
    public static string? OrNull(DbDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);

    /// <summary>At most so many code units, without half a character at the end.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }
}

/// <summary>Moments of the old service.</summary>
internal static class OldMoment
{
    /// <summary>PostgreSQL's years reach further than .NET's.</summary>
    public static DateTimeOffset? OrNull(DbDataReader row, int at) => row.IsDBNull(at)
        ? null
        : DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(
            row.GetInt64(at), DateTimeOffset.UnixEpoch.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
