using System.Data.Common;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>A user of the FastAPI service.</summary>
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
        row.GetInt64(0), FastApiValues.Text(row, 1), FastApiValues.Text(row, 2), FastApiValues.Text(row, 3), FastApiValues.Moment(row, 4), row.GetBoolean(5),
        row.GetBoolean(6), FastApiValues.Text(row, 7), FastApiValues.Text(row, 8));
}

/// <summary>A room of the FastAPI service.</summary>
internal sealed record FastApiRoom(long Id, long? UserId, string? Name, DateTimeOffset? CreatedAt)
{
    public static FastApiRoom Read(DbDataReader row) => new(
        row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1), FastApiValues.Text(row, 2), FastApiValues.Moment(row, 3));
}

/// <summary>A message of the FastAPI service.</summary>
internal sealed record FastApiMessage(long Id, string? Sender, string? Content, DateTimeOffset? Timestamp)
{
    /// <summary>The message of a row; null in the only row of a room without messages.</summary>
    public static FastApiMessage? Read(DbDataReader row) => row.IsDBNull(4)
        ? null
        : new FastApiMessage(row.GetInt64(4), FastApiValues.Text(row, 5), FastApiValues.Text(row, 6), FastApiValues.Moment(row, 7));
}

/// <summary>Reads the values of the FastAPI service's columns.</summary>
internal static class FastApiValues
{
    public static string? Text(DbDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);

    /// <summary>A time, limited to .NET's range, because PostgreSQL's range is larger.</summary>
    public static DateTimeOffset? Moment(DbDataReader row, int at) => row.IsDBNull(at)
        ? null
        : DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(
            row.GetInt64(at), DateTimeOffset.UnixEpoch.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>The text, cut to a number of UTF-16 code units, but not within a surrogate pair.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
