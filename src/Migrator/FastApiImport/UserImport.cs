using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Users;
using Npgsql;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>Imports users: rows, numbers, passwords, and ids of Stripe.</summary>
internal sealed class UserImport(
    MigrationTarget target, byte[] secret, GrainStateSerializer serializer, string? region, ImportReport report, MigrationContext context)
{
    public const string Moved = "users moved";
    public const string WithoutNumber = "users whose number cannot be read, not moved";
    public const string DuplicateNumbers = "users with a number that another one has, not moved";
    public const string WithoutPassword = "users whose password is not to be trusted or cannot be checked, moved to sign in by code";
    public const string ProWithoutStripe = "users who are Pro by a mark only, moved with 30 days of it";

    private const int UsersPerCommit = 500;

    private readonly ImportedIds _ids = new(secret);
    private readonly MigrationProgress _progress = new("users", context);

    public async Task Run(NpgsqlConnection source, FastApiSchema schema)
    {
        await using var command = new NpgsqlCommand(schema.Users, source);
        await using var reader = await command.ExecuteReaderAsync();
        var batch = new List<ImportedUser>(UsersPerCommit);
        while (await reader.ReadAsync())
        {
            if (await Prepare(FastApiUser.Read(reader)) is { } user)
            {
                batch.Add(user);
            }

            if (batch.Count == UsersPerCommit)
            {
                await Store(batch);
                batch.Clear();
            }
        }

        await Store(batch);
        await _progress.Complete();
    }

    private async Task<ImportedUser?> Prepare(FastApiUser old)
    {
        if (ImportedNumbers.ToE164(old.Number, region) is not { } number)
        {
            await report.List(WithoutNumber, $"user {old.Id}");
            return null;
        }

        var key = Guid.ParseExact(PhoneKey.Of(secret, number).ToString(), "N");
        return new ImportedUser(_ids.User(old.Id, old.CreatedAt ?? DateTimeOffset.UnixEpoch), number, key, old);
    }

    private async Task Store(List<ImportedUser> users)
    {
        var now = context.Time.GetUtcNow();
        await using var transaction = await ImportTransaction.Begin(target);
        var isNew = await transaction.InsertStates([.. users.Select(user => Phone(user).ToInsert(serializer.Write(user.Phone), now))]);
        var moved = new List<ImportedUser>();
        foreach (var (i, user) in users.Index())
        {
            if (isNew[i] > 0 || await IsOwn(user, transaction))
            {
                moved.Add(user);
                await CountOf(user);
            }
            else
            {
                await report.List(DuplicateNumbers, $"user {user.Old.Id}");
            }
        }

        await transaction.InsertStates([.. moved.SelectMany(user => user.States(serializer, now))]);
        await transaction.Insert([.. moved.SelectMany(user => user.Rows(now))]);
        await transaction.Commit();
        await _progress.Add(users.Count);
    }

    // Whether an earlier, interrupted run has stored the number for this user.
    private async Task<bool> IsOwn(ImportedUser user, ImportTransaction transaction) =>
        await transaction.FindState(Phone(user).ToRead()) is byte[] payload && serializer.Read<PhoneState>(payload).UserId == user.Id;

    private async Task CountOf(ImportedUser user)
    {
        report.Count(Moved);
        if (user is { Old.PasswordHash.Length: > 0, PasswordHash: null })
        {
            await report.List(WithoutPassword, $"user {user.Old.Id}");
        }

        if (user.Old.IsPro && !user.IsAtStripe)
        {
            report.Count(ProWithoutStripe);
        }
    }

    private static GrainStateRow Phone(ImportedUser user) => GrainStateRow.Of("phone", user.Key);
}
