using GeminiChat.Silo.Store.Writing;
using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>A connection ended in the middle of a transaction that was not committed.</summary>
internal sealed class ConnectionLostException(Exception inner) : Exception("The connection to the database ended.", inner);

/// <summary>What errors of PostgreSQL mean (postgresql.org/docs/current/errcodes-appendix.html).</summary>
internal static class PostgresErrors
{
    // Classes of errors whose cause is the server's state, not the statement.
    private static readonly string[] ServerClasses = ["08", "28", "53", "57", "58", "F0", "XX"];

    // Data exceptions, violated constraints, and limits of the program that a value exceeds.
    private static readonly string[] ValueClasses = ["22", "23", "54"];

    private static readonly string[] ServerStates = [PostgresErrorCodes.InvalidCatalogName, PostgresErrorCodes.ReadOnlySqlTransaction];

    /// <summary>Whether the session has ended or is in an unknown state.</summary>
    public static bool EndsSession(Exception exception) => exception switch
    {
        PostgresException e => e.InvariantSeverity is "FATAL" or "PANIC",
        NpgsqlException or IOException or ObjectDisposedException or TimeoutException => true,
        _ => false,
    };

    public static BatchFault Classify(Exception exception) => exception switch
    {
        ConnectionLostException { InnerException: { } cause } => IsTimeout(cause) ? BatchFault.Outage : BatchFault.Transient,
        PostgresException
        {
            SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
            or PostgresErrorCodes.LockNotAvailable
        } => BatchFault.Transient,
        PostgresException e when IsServerError(e) => BatchFault.Outage,
        PostgresException e => HasClass(ValueClasses, e) ? BatchFault.InvalidStatement : BatchFault.Unknown,
        NpgsqlException => BatchFault.Outage,
        _ => IBatchRunner.ClassifyValueError(exception),
    };

    private static bool IsTimeout(Exception cause) => cause is TimeoutException || cause.InnerException is TimeoutException;

    private static bool IsServerError(PostgresException e) =>
        HasClass(ServerClasses, e) || ServerStates.Contains(e.SqlState);

    private static bool HasClass(string[] classes, PostgresException e) =>
        Array.Exists(classes, start => e.SqlState.StartsWith(start, StringComparison.Ordinal));
}
