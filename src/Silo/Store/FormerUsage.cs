using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>
/// The usage of deleted users, kept with their numbers until the day ends: deleting the account and signing up anew does
/// not start the day anew. It is moved, never copied, so a repeat after a crash finds nothing left to move and counts nothing
/// twice.
/// </summary>
/// <remarks>
/// Whoever takes it comes after whoever kept it: a number is freed only once its usage is kept.
/// </remarks>
internal sealed class FormerUsage(StoreWriter writer)
{
    private const string OfDeleted = """
        user_id = @user and utc_day >= @today and exists (select 1 from deleted_users where user_id = @user)
        """;

    private const string OfNumber = """
        phone_key = @phone and not exists (select 1 from deleted_users where user_id = @user)
        """;

    private const string KeepRows = $"""
        insert into former_usage (phone_key, utc_day, used, refunded, refunded_stops)
        select @phone, utc_day, used, refunded, refunded_stops from usage where {OfDeleted}
        on conflict (phone_key, utc_day) do update set
          used = former_usage.used + excluded.used,
          refunded = former_usage.refunded + excluded.refunded,
          refunded_stops = former_usage.refunded_stops + excluded.refunded_stops
        """;

    private const string DeleteKept = $"delete from usage where {OfDeleted}";

    private const string TakeRows = $"""
        insert into usage (user_id, utc_day, used, refunded, refunded_stops)
        select @user, utc_day, used, refunded, refunded_stops from former_usage where {OfNumber}
        on conflict (user_id, utc_day) do update set
          used = usage.used + excluded.used,
          refunded = usage.refunded + excluded.refunded,
          refunded_stops = usage.refunded_stops + excluded.refunded_stops
        """;

    private const string DeleteTaken = $"delete from former_usage where {OfNumber}";

    private const string DeletePast = "delete from former_usage where utc_day < @today";

    /// <summary>Moves a deleted user's usage of a day and later ones to the number.</summary>
    public Task MoveToNumber(Guid userId, PhoneKey number, DateOnly today)
    {
        ImmutableArray<(string, SqlValue)> parameters =
            [("user", userId), ("phone", number.ToString()), ("today", today.DayNumber)];
        return writer.Write(new WriteOperation(
            WrittenTable.Users, userId, userId, [new(KeepRows, parameters), new(DeleteKept, parameters)])
        {
            LocksUser = true,
        });
    }

    /// <summary>Statements that move what is kept with a number to its user, unless that one has been deleted.</summary>
    public static ImmutableArray<Statement> MoveToUser(Guid userId, PhoneKey number)
    {
        ImmutableArray<(string, SqlValue)> parameters = [("user", userId), ("phone", number.ToString())];
        return [new(TakeRows, parameters), new(DeleteTaken, parameters)];
    }

    /// <summary>Removes what was kept of the days before this one.</summary>
    public Task RemoveBefore(DateOnly today) => writer.Write(new WriteOperation(
        WrittenTable.Users, Guid.Empty, Guid.Empty, [new(DeletePast, [("today", today.DayNumber)])]));
}
