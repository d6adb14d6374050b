using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>How connections to PostgreSQL are made.</summary>
internal static class PostgresConnections
{
    /// <summary>Every wait for the server has a limit, and a statement is prepared when it is used a second time.</summary>
    public static string WithTimeouts(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Timeout = 5,
            CommandTimeout = 10,
            MaxPoolSize = 32,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 10,
            TcpKeepAliveInterval = 5,
        };
        parts.ApplicationName ??= "geminichat";
        return parts.ConnectionString;
    }

    /// <summary>For a session whose locks must end when it is closed.</summary>
    public static string WithoutPooling(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
}
