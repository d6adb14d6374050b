using System.Data;
using System.Security.Cryptography;
using Dapper;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store;
using Npgsql;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>Imports users, rooms and messages of the FastAPI service that this service replaces.</summary>
internal static class FastApiImporter
{
    private const string CountUsers = "select count(*) from users where legacy_id is not null";
    private const string CountRooms = "select count(*) from rooms where legacy_id is not null";
    private const string CountMessages =
        "select count(*) from messages where room_id in (select room_id from rooms where legacy_id is not null)";

    // The FastAPI service does not take our lock, so other sessions are counted. Without privileges backend_type is null.
    private const string OtherSessions = """
        select count(*) from pg_stat_activity
        where datname = current_database() and usename is not null and pid <> pg_backend_pid()
          and coalesce(backend_type, 'client backend') = 'client backend'
        """;

    private const string CompletionMessage = """
        All users have to sign in again, by code or with the old password. Access tokens of the FastAPI service are not
        accepted: set a new SECRET_KEY. One-time codes and counts of the FastAPI service are not moved.
        """;

    public static async Task Run(MigrateArguments arguments, MigrationContext context)
    {
        if (arguments.From is not DatabaseAddress.Postgres from)
        {
            throw new MigrationRefusedException("--from-fastapi takes a postgresql:// address.");
        }

        if (from.Display == arguments.To.Display)
        {
            throw new MigrationRefusedException("--from-fastapi and --to name the same database.");
        }

        await using var source = new NpgsqlConnection(PostgresTargetDatabase.ConnectionString(from));
        var schema = await Open(source, arguments, context);

        // One snapshot for all reads.
        await using var snapshot = await source.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        await source.ExecuteAsync("set transaction read only");
        await using var target = await MigrationTarget.Open(arguments.To, context);
        var name = $"fastapi {from.Display}";
        if (await target.BeginRun(name) is { } moved)
        {
            await context.WriteLine($"Nothing to do: {from.Display} was moved to {target.Display} at {moved.At:u}. What is new there since stays there.");
            return;
        }

        await context.WriteLine($"Moving {from.Display} to {target.Display}.");
        var report = new ImportReport(context);
        using (var serializer = new GrainStateSerializer())
        {
            var secret = await Secret(target, serializer, context.Time.GetUtcNow());
            await new UserImport(target, secret, serializer, arguments.Region, report, context).Run(source, schema);
            await new RoomImport(target, secret, report, context).Run(source, schema);
        }

        report.Count("messages of no room, not moved", await source.ExecuteScalarAsync<long>(schema.MessagesOfNoRoom));
        await report.Sum();
        await Compare(target, report);
        await new MessageIndexBuilder(target, context).Run();
        await target.CompleteRun(name, "counted");
        await context.WriteLine("Done: all data has been moved.");
        await context.WriteLine(CompletionMessage);
    }

    private static async Task<FastApiSchema> Open(NpgsqlConnection source, MigrateArguments arguments, MigrationContext context)
    {
        try
        {
            await source.OpenAsync();
            await context.AcquireLock(
                async () => await source.ExecuteScalarAsync<long>(OtherSessions) == 0, arguments.From.Display);
            var schema = await FastApiSchema.Read(source);
            if (arguments.Region is null)
            {
                await RefuseNumbersWithoutCountry(source, schema);
            }

            return schema;
        }
        catch (NpgsqlException e)
        {
            throw new MigrationRefusedException($"The database {arguments.From.Display} cannot be used: {e.Message}", e);
        }
    }

    // Before anything is imported: users who are skipped because the option is missing could not be imported later.
    private static async Task RefuseNumbersWithoutCountry(NpgsqlConnection source, FastApiSchema schema)
    {
        var numbers = await source.ExecuteScalarAsync<long>(schema.NumbersWithoutCountry);
        if (numbers > 0)
        {
            throw new MigrationRefusedException($"Numbers without a country code: {numbers}. Give --region.");
        }
    }

    // The secret from which the keys of numbers are derived. The silo reads it from there.
    private static async Task<byte[]> Secret(MigrationTarget target, GrainStateSerializer serializer, DateTimeOffset now)
    {
        const int Bytes = 32;
        var row = GrainStateRow.Of("secret", 0);
        await using var transaction = await ImportTransaction.Begin(target);
        if (await transaction.FindState(row.ToRead()) is byte[] stored)
        {
            return [.. serializer.Read<NumberSecret>(stored).Value];
        }

        var secret = RandomNumberGenerator.GetBytes(Bytes);
        await transaction.InsertStates([row.ToInsert(serializer.Write(new NumberSecret { Value = [.. secret] }), now)]);
        await transaction.Commit();
        return secret;
    }

    private static async Task Compare(MigrationTarget target, ImportReport report)
    {
        foreach (var (what, expected, count) in new[]
        {
            ("users", report[UserImport.Moved], CountUsers),
            ("rooms", report[RoomImport.Moved], CountRooms),
            ("messages", report[TurnMapper.Messages] + report[TurnMapper.FailedReplies], CountMessages),
        })
        {
            var there = await target.MainConnection.ExecuteScalarAsync<long>(count);
            if (there != expected)
            {
                throw new MigrationRefusedException(
                    $"{there} {what} are in {target.Display}, and {expected} should be: the source has changed since the move began. "
                    + $"Empty {target.Display} and begin anew.");
            }
        }
    }
}
