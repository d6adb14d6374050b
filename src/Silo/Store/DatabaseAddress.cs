using GeminiChat.ServiceDefaults.Settings;
using Npgsql;

namespace GeminiChat.Silo.Store;

/// <summary>Where the data is stored: in a SQLite file or a PostgreSQL database.</summary>
internal abstract record DatabaseAddress
{
    private const string Setting = "DATABASE_URL";
    private const string Default = "sqlite:///data/geminichat.db";

    private DatabaseAddress() { }

    /// <summary>The address as people read it: without user and password.</summary>
    public abstract string Display { get; }

    /// <summary>A file, by its full path.</summary>
    public sealed record Sqlite(string File) : DatabaseAddress
    {
        public override string Display => File;

        /// <summary>
        /// The file for grain state. Orleans writes grain state on its own connections. In one file, they and the batches of
        /// messages would wait for each other.
        /// </summary>
        public string GrainsFile => Path.ChangeExtension(File, ".grains" + Path.GetExtension(File));
    }

    /// <summary>A server, by Npgsql's connection string.</summary>
    public sealed record Postgres(string ConnectionString) : DatabaseAddress
    {
        public override string Display
        {
            get
            {
                var parts = new NpgsqlConnectionStringBuilder(ConnectionString);
                return $"{parts.Database} on {parts.Host}:{parts.Port}";
            }
        }
    }

    /// <summary>Reads <c>DATABASE_URL</c>.</summary>
    /// <exception cref="OptionsValidationException">The value is wrong. The message does not repeat it.</exception>
    public static DatabaseAddress From(IConfiguration configuration)
    {
        var url = configuration[Setting];
        try
        {
            return DatabaseUrl.Parse(string.IsNullOrWhiteSpace(url) ? Default : url.Trim(), configuration.RootFolder());
        }
        catch (FormatException e)
        {
            throw new OptionsValidationException(Setting, typeof(DatabaseAddress), [$"{Setting}: {e.Message}"]);
        }
    }
}
