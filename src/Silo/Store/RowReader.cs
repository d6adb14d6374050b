using System.Data.Common;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Store;

/// <summary>Reads rows by the index of their columns, which is fast and the same in both databases.</summary>
internal static class RowReader
{
    /// <summary>The columns of <see cref="Message"/>, of the table or query named <c>m</c>.</summary>
    public const string MessageColumns =
        "m.id, m.sender, m.content, m.created_at, m.status, m.reply_to, m.superseded_by, m.reason, m.model, "
        + "m.input_tokens, m.output_tokens, m.attempt, m.feedback, m.feedback_comment, m.thoughts, m.details, m.context_skipped, "
        + "m.thought_tokens, m.cached_tokens, m.search_queries";

    /// <summary>The columns of <see cref="Summary"/>, of the table named <c>r</c>.</summary>
    public const string SummaryColumns =
        "r.room_id, r.name, r.created_at, r.updated_at, r.version, r.settings_version, r.is_pinned, r.is_archived, r.is_temporary";

    public const int SummaryColumnCount = 9;

    /// <summary>The columns of <see cref="Allowance"/>, of <see cref="AllowanceTables"/>.</summary>
    public const string AllowanceColumns =
        "coalesce(u.tier, 0), u.tier_valid_until, coalesce(u.tier_version, 0), coalesce(g.used, 0), coalesce(g.refunded, 0), "
        + "(select count(*) from deleted_users d where d.user_id = @user), coalesce(g.search_queries, 0)";

    /// <summary>Always exactly one row, even without a user or a usage: a failed read must not look like an unused day.</summary>
    public const string AllowanceTables =
        "(select 1 as one) o left join users u on u.user_id = @user "
        + "left join usage g on g.user_id = @user and g.utc_day = @day";

    public static RoomMessage Message(DbDataReader reader, int at) => MessageDetails.AddTo(new(
        reader.GetInt64(at),
        (Sender)reader.GetInt32(at + 1),
        reader.GetString(at + 2),
        Timestamp(reader, at + 3),
        (MessageStatus)reader.GetInt32(at + 4),
        LongOrNull(reader, at + 5),
        LongOrNull(reader, at + 6),
        TextOrNull(reader, at + 7),
        TextOrNull(reader, at + 8),
        Usage(reader, at),
        reader.GetInt32(at + 11),
        Feedback: LongOrNull(reader, at + 12) is { } feedback ? new MessageFeedback(feedback == 1, TextOrNull(reader, at + 13)) : null,
        Thoughts: TextOrNull(reader, at + 14),
        ContextSkipped: (int?)LongOrNull(reader, at + 16)), TextOrNull(reader, at + 15));

    public static RoomSummary Summary(DbDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetString(1),
        Timestamp(reader, 2),
        Timestamp(reader, 3),
        reader.GetInt64(4),
        reader.GetInt64(5),
        IsPinned: reader.GetInt32(6) != 0,
        IsArchived: reader.GetInt32(7) != 0,
        IsTemporary: reader.GetInt32(8) != 0);

    public static StoredQuota Allowance(ReadOnlySpan<long?> row) => new(
        new TierGrant((Tier)row[0]!, row[1] is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null, row[2]!.Value),
        (int)row[3]!,
        (int)row[4]!,
        IsDeleted: row[5] > 0,
        SearchQueries: (int)row[6]!);

    /// <summary>The columns of a query that reads integers only.</summary>
    public static long?[] Integers(DbDataReader reader) => [.. Enumerable.Range(0, reader.FieldCount).Select(at => LongOrNull(reader, at))];

    public static DateTimeOffset Timestamp(DbDataReader reader, int at) =>
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(at));

    private static TokenUsage? Usage(DbDataReader reader, int at) => LongOrNull(reader, at + 9) is { } input
        ? new TokenUsage(
            input,
            LongOrNull(reader, at + 10) ?? 0,
            LongOrNull(reader, at + 17) ?? 0,
            LongOrNull(reader, at + 18) ?? 0,
            LongOrNull(reader, at + 19) ?? 0)
        : null;

    public static string? TextOrNull(DbDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetString(at);

    public static long? LongOrNull(DbDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetInt64(at);
}
