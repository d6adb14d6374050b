using GeminiChat.Silo.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;

namespace GeminiChat.Rules.Tests.Settings;

public sealed class DatabaseUrlTests
{
    [Theory]
    [InlineData(null, "/srv/app/data/geminichat.db")]
    [InlineData("", "/srv/app/data/geminichat.db")]
    [InlineData("sqlite:///chat.db", "/srv/app/chat.db")]
    [InlineData("sqlite:///./some dir/chat.sqlite3", "/srv/app/some dir/chat.sqlite3")]
    [InlineData("sqlite:////var/lib/chat.db", "/var/lib/chat.db")]
    [InlineData("sqlite+aiosqlite:///chat.db", "/srv/app/chat.db")]
    public void A_SQLite_path_is_relative_to_the_root_or_absolute(string? url, string file) =>
        Assert.Equal(new DatabaseAddress.Sqlite(file), Read(url));

    [Theory]
    [InlineData("/var/chat.db", "/var/chat.grains.db")]
    [InlineData("/var/chat", "/var/chat.grains")]
    public void Grain_state_has_its_own_file_beside_the_database(string file, string grains) =>
        Assert.Equal(grains, new DatabaseAddress.Sqlite(file).GrainsFile);

    [Theory]
    [InlineData("postgresql://ann:pw@db:6543/chat")]
    [InlineData("postgres://ann:pw@db:6543/chat")]
    [InlineData("POSTGRESQL://ann:pw@db:6543/chat")]
    [InlineData("postgresql+psycopg2://ann:pw@db:6543/chat")]
    [InlineData("postgresql+psycopg://ann:pw@db:6543/chat")]
    [InlineData("postgresql+asyncpg://ann:pw@db:6543/chat")]
    public void Every_PostgreSQL_URL_scheme_is_accepted(string url)
    {
        var server = ReadServer(url);

        Assert.Equal(
            ("db", 6543, "ann", "pw", "chat"),
            (server.Host, server.Port, server.Username, server.Password, server.Database));
    }

    [Fact]
    public void Port_user_and_password_may_be_missing()
    {
        var server = ReadServer("postgresql://db/chat");

        Assert.Equal(("db", 5432, null, null), (server.Host, server.Port, server.Username, server.Password));
    }

    [Fact]
    public void User_and_password_are_percent_decoded()
    {
        var server = ReadServer("postgresql://a%40b:p%3A%2F%40%25%C3%A9+;%20'@db/chat");

        Assert.Equal(("a@b", "p:/@%é+; '"), (server.Username, server.Password));
    }

    [Theory]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("require", SslMode.Require)]
    [InlineData("verify-full", SslMode.VerifyFull)]
    public void The_sslmode_parameter_is_used(string mode, SslMode expected) =>
        Assert.Equal(expected, ReadServer($"postgresql://db/chat?sslmode={mode}").SslMode);

    [Fact]
    public void The_display_address_has_no_password() =>
        Assert.Equal("chat on db:5432", Read("postgresql://ann:secret@db/chat").Display);

    [Theory]
    [InlineData("secret")]
    [InlineData("mysql://ann:secret@db/chat")]
    [InlineData("secret://x")]
    [InlineData("sqlite://secret")]
    [InlineData("sqlite:///")]
    [InlineData("sqlite:///:memory:")]
    [InlineData("sqlite:///chat.db?secret=1")]
    [InlineData("postgresql://ann:secret@db")]
    [InlineData("postgresql://ann:secret@/chat")]
    [InlineData("postgresql://ann:secret@db:port/chat")]
    [InlineData("postgresql://ann:secret@db/chat?sslmode=secret")]
    [InlineData("postgresql://ann:secret@db/chat?secret=1")]
    public void Any_other_URL_is_refused_in_one_line_that_does_not_repeat_it(string url)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Read(url));

        Assert.StartsWith("DATABASE_URL: ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allow", SslMode.Allow)]
    [InlineData("prefer", SslMode.Prefer)]
    [InlineData("verify-ca", SslMode.VerifyCA)]
    public void The_short_name_of_sslmode_is_taken_too(string mode, SslMode expected) =>
        Assert.Equal(expected, ReadServer($"postgresql://db/chat?application_name=a&ssl={mode}").SslMode);

    [Fact]
    public void Every_other_parameter_is_used()
    {
        var server = ReadServer("postgresql://ann:p:w@db/chat?sslrootcert=%2Fetc%2Fca.pem&&application_name=my%20chat&host=%2Fvar%2Frun");
        Assert.Equal(
            ("/etc/ca.pem", "my chat", "/var/run", "ann", "p:w"),
            (server.RootCertificate, server.ApplicationName, server.Host, server.Username, server.Password));
        Assert.Equal("/var/run", ReadServer("postgresql:///chat?host=/var/run").Host);
    }

    [Theory]
    [InlineData("sqlite:///dir/")]
    [InlineData("sqlite:////")]
    [InlineData("sqlite+pysqlite:///:memory:")]
    [InlineData("postgresql://db/chat?sslmode")]
    [InlineData("postgresql://db/chat?sslmode=")]
    [InlineData("postgresql://db/")]
    [InlineData("://")]
    public void A_URL_without_what_it_must_name_is_refused(string url) =>
        Assert.Throws<OptionsValidationException>(() => Read(url));

    [Theory]
    [InlineData("sqlite+pysqlite:///a:b.db", "/srv/app/a:b.db")]
    [InlineData("SQLITE:///chat.db", "/srv/app/chat.db")]
    public void A_SQLite_file_may_have_any_other_name(string url, string file) =>
        Assert.Equal(new DatabaseAddress.Sqlite(file), Read(url));

    private static NpgsqlConnectionStringBuilder ReadServer(string url) =>
        new(Assert.IsType<DatabaseAddress.Postgres>(Read(url)).ConnectionString);

    private static DatabaseAddress Read(string? url) => DatabaseAddress.From(new ConfigurationBuilder()
        .AddInMemoryCollection([new("DATABASE_URL", url), new("GEMINICHAT_ROOT", "/srv/app")])
        .Build());
}
