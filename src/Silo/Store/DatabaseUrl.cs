using Npgsql;

namespace GeminiChat.Silo.Store;

/// <summary>
/// Database URLs in SQLAlchemy's format (docs.sqlalchemy.org, "Database URLs"), so that the settings of the FastAPI service keep
/// working. The driver's name after the plus is ignored.
/// </summary>
internal static class DatabaseUrl
{
    private const string Expected =
        "expected sqlite:///file, sqlite:////absolute/file or postgresql://user:password@host:port/database.";

    /// <summary>Parses a URL. The path of a SQLite file is relative to <paramref name="root"/>.</summary>
    /// <exception cref="FormatException">The URL is wrong. The message contains no part of it, which could be a
    /// password.</exception>
    public static DatabaseAddress Parse(string url, string root)
    {
        var colon = url.IndexOf("://", StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : url[..colon].ToLowerInvariant();
        var rest = colon < 0 ? "" : url[(colon + 3)..];
        return scheme switch
        {
            "sqlite" or "sqlite+pysqlite" or "sqlite+aiosqlite" => Sqlite(rest, root),
            "postgresql" or "postgres" or "postgresql+psycopg2" or "postgresql+asyncpg" or "postgresql+psycopg" =>
                Postgres(rest),
            _ => throw new FormatException($"not a database that this service knows; {Expected}"),
        };
    }

    private static DatabaseAddress.Sqlite Sqlite(string rest, string root)
    {
        // A host would be between the second and the third slash, and a file has none.
        if (!rest.StartsWith('/') || rest.Length == 1 || rest.EndsWith('/'))
        {
            throw new FormatException($"no file is named; {Expected}");
        }

        if (rest.Contains('?', StringComparison.Ordinal) || rest == "/:memory:")
        {
            throw new FormatException($"neither parameters nor a database in memory can be used with SQLite; {Expected}");
        }

        return new DatabaseAddress.Sqlite(Path.GetFullPath(Path.Combine(root, rest[1..])));
    }

    private static DatabaseAddress.Postgres Postgres(string rest)
    {
        if (!Uri.TryCreate("postgresql://" + rest, UriKind.Absolute, out var uri))
        {
            throw new FormatException($"not a URL; {Expected} Percent-encode special characters in the password.");
        }

        var login = uri.UserInfo.Split(':', 2);
        var parts = new NpgsqlConnectionStringBuilder
        {
            Host = uri.IdnHost,
            Port = uri.IsDefaultPort ? 5432 : uri.Port,
            Username = NullIfEmpty(Uri.UnescapeDataString(login[0])),
            Password = login.Length == 2 ? Uri.UnescapeDataString(login[1]) : null,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
        };
        ApplyParameters(parts, uri.Query);
        if (string.IsNullOrEmpty(parts.Host) || string.IsNullOrEmpty(parts.Database))
        {
            throw new FormatException($"host or database is missing; {Expected}");
        }

        return new DatabaseAddress.Postgres(parts.ConnectionString);
    }

    private static void ApplyParameters(NpgsqlConnectionStringBuilder builder, string query)
    {
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var value = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
            Apply(builder, equals < 0 ? pair : pair[..equals], value);
        }
    }

    private static void Apply(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name)
        {
            case "sslmode" or "ssl":
                builder.SslMode = SslModeOf(value);
                break;
            case "sslrootcert":
                builder.RootCertificate = value;
                break;
            case "host":
                builder.Host = value;
                break;
            case "application_name":
                builder.ApplicationName = value;
                break;
            default:
                throw new FormatException(
                    "a parameter after the question mark is not known; these are: sslmode, sslrootcert, host, application_name.");
        }
    }

    private static SslMode SslModeOf(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw new FormatException("sslmode is one of disable, allow, prefer, require, verify-ca, verify-full."),
    };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
