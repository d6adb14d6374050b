using System.Data;
using System.Security.Cryptography;
using Dapper;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store;
using Npgsql;

namespace GeminiChat.Silo.Moving.OldService;

/// <summary>Moves users, rooms and messages of the FastAPI service that this one replaces.</summary>
internal static class OldServiceMove
{
    private const string CountUsers = "select count(*) from users where legacy_id is not null";
    private const string CountRooms = "select count(*) from rooms where legacy_id is not null";
    private const string CountMessages =
        "select count(*) from messages where room_id in (select room_id from rooms where legacy_id is not null)";

    // The old service takes no lock of ours. What others' sessions are for is hidden from a user without rights.
    private const string OtherSessions = """
        select count(*) from pg_stat_activity
        where datname = current_database() and usename is not null and pid <> pg_backend_pid()
          and coalesce(backend_type, 'client backend') = 'client backend'
        """;

    private const string AfterWords = """
        Everybody signs in anew, by code or with the old password. Access tokens of the old service are not accepted:
        set a new SECRET_KEY. One-time codes and counts of the old service are not moved.
        """;

    public static async Task Run(MoveArguments arguments, MoveSetting setting)
    {
        if (arguments.From is not DatabaseAddress.Postgres from)
        {
            throw new MoveRefusedException("--from-fastapi takes a postgresql:// address.");
        }

        if (from.Display == arguments.To.Display)
        {
            throw new MoveRefusedException("--from-fastapi and --to name the same database.");
        }

        await using var source = new NpgsqlConnection(PostgresTarget.ConnectionString(from));
        var shape = await Open(source, arguments, setting);

        // All is read as of one moment.
        await using var snapshot = await source.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        await source.ExecuteAsync("set transaction read only");
        await using var target = await MoveTarget.Open(arguments.To, setting);
        var name = $"fastapi {from.Display}";
        if (await target.Begin(name) is { } moved)
        {
            await setting.Say($"Nothing to do: {from.Display} was moved to {target.Display} at {moved.At:u}. What is new there since stays there.");
            return;
        }

        await setting.Say($"Moving {from.Display} to {target.Display}.");
        var tally = new Tally(setting);
        using (var payloads = new StatePayloads())
        {
            var secret = await Secret(target, payloads, setting.Time.GetUtcNow());
            await new UsersMove(target, secret, payloads, arguments.Region, tally, setting).Run(source, shape);
            await new RoomsMove(target, secret, tally, setting).Run(source, shape);
        }

        tally.Count("messages of no room, not moved", await source.ExecuteScalarAsync<long>(shape.MessagesOfNoRoom));
        await tally.Sum();
        await Compare(target, tally);
        await target.End(name, "counted");
        await setting.Say("Done: what was to be moved is there.");
        await setting.Say(AfterWords);
    }

    private static async Task<OldShape> Open(NpgsqlConnection source, MoveArguments arguments, MoveSetting setting)
    {
        try
        {
            await source.OpenAsync();
            await Locks.Take(
                async () => await source.ExecuteScalarAsync<long>(OtherSessions) == 0, arguments.From.Display, setting);
            var shape = await OldShape.Read(source);
            if (arguments.Region is null)
            {
                await RefuseNumbersWithoutCountry(source, shape);
            }

            return shape;
        }
        catch (NpgsqlException e)
        {
            throw new MoveRefusedException($"The database {arguments.From.Display} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Before anything is moved: whoever is left out by an option that was forgotten could not be moved later.</summary>
    private static async Task RefuseNumbersWithoutCountry(NpgsqlConnection source, OldShape shape)
    {
        var numbers = await source.ExecuteScalarAsync<long>(shape.NumbersWithoutCountry);
        if (numbers > 0)
        {
            throw new MoveRefusedException($"Numbers without a country code: {numbers}. Give --region.");
        }
    }

    /// <summary>What numbers are made into keys with: the silo finds it there.</summary>
    private static async Task<byte[]> Secret(MoveTarget target, StatePayloads payloads, DateTimeOffset now)
    {
        const int Bytes = 32;
        var row = GrainStateRow.Of("secret", 0);
        await using var writes = await TargetWrites.Begin(target);
        if (await writes.FindState(row.ToRead()) is byte[] stored)
        {
            return [.. payloads.Read<NumberSecret>(stored).Value];
        }

        var secret = RandomNumberGenerator.GetBytes(Bytes);
        await writes.InsertStates([row.ToInsert(payloads.Write(new NumberSecret { Value = [.. secret] }), now)]);
        await writes.Commit();
        return secret;
    }

    private static async Task Compare(MoveTarget target, Tally tally)
    {
        foreach (var (what, expected, count) in new[]
        {
            ("users", tally[UsersMove.Moved], CountUsers),
            ("rooms", tally[RoomsMove.Moved], CountRooms),
            ("messages", tally[TurnMapper.Messages] + tally[TurnMapper.FailedReplies], CountMessages),
        })
        {
            var there = await target.Main.ExecuteScalarAsync<long>(count);
            if (there != expected)
            {
                throw new MoveRefusedException(
                    $"{there} {what} are in {target.Display}, and {expected} should be: the source has changed since the move began. "
                    + $"Empty {target.Display} and begin anew.");
            }
        }
    }
}
