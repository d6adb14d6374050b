using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>How connections to PostgreSQL are made.</summary>
internal static class PostgresConnections
{
    /// <summary>Nothing waits for the server without an end, and statements are prepared when seen twice.</summary>
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

    /// <summary>For a session whose locks shall end with it.</summary>
    public static string WithoutPooling(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
}
