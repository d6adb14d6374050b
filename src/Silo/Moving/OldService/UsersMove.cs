using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Users;
using Npgsql;

namespace GeminiChat.Silo.Moving.OldService;

/// <summary>Moves users: rows, numbers and passwords, and what Stripe knows them by.</summary>
internal sealed class UsersMove(
    MoveTarget target, byte[] secret, StatePayloads payloads, string? region, Tally tally, MoveSetting setting)
{
    public const string Moved = "users moved";
    public const string WithoutNumber = "users whose number cannot be read, not moved";
    public const string Doubles = "users with a number that another one has, not moved";
    public const string WithoutPassword = "users whose password is not to be trusted or cannot be checked, moved to sign in by code";
    public const string ProWithoutStripe = "users who are Pro by a mark only, moved with 30 days of it";

    private const int UsersPerCommit = 500;

    private readonly LegacyIds _ids = new(secret);
    private readonly Progress _progress = new("users", setting);

    public async Task Run(NpgsqlConnection source, OldShape shape)
    {
        await using var command = new NpgsqlCommand(shape.Users, source);
        await using var reader = await command.ExecuteReaderAsync();
        var batch = new List<MovedUser>(UsersPerCommit);
        while (await reader.ReadAsync())
        {
            if (await Prepare(OldUser.Read(reader)) is { } user)
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
        await _progress.End();
    }

    private async Task<MovedUser?> Prepare(OldUser old)
    {
        if (OldNumbers.ToE164(old.Number, region) is not { } number)
        {
            await tally.List(WithoutNumber, $"user {old.Id}");
            return null;
        }

        var key = Guid.ParseExact(PhoneKey.Of(secret, number).ToString(), "N");
        return new MovedUser(_ids.User(old.Id, old.CreatedAt ?? DateTimeOffset.UnixEpoch), number, key, old);
    }

    private async Task Store(List<MovedUser> users)
    {
        var now = setting.Time.GetUtcNow();
        await using var writes = await TargetWrites.Begin(target);
        var isNew = await writes.InsertStates([.. users.Select(user => Phone(user).ToInsert(payloads.Write(user.Phone), now))]);
        var moved = new List<MovedUser>();
        foreach (var (i, user) in users.Index())
        {
            if (isNew[i] > 0 || await IsOwn(user, writes))
            {
                moved.Add(user);
                await CountOf(user);
            }
            else
            {
                await tally.List(Doubles, $"user {user.Old.Id}");
            }
        }

        await writes.InsertStates([.. moved.SelectMany(user => user.States(payloads, now))]);
        await writes.Insert([.. moved.SelectMany(user => user.Rows(now))]);
        await writes.Commit();
        await _progress.Add(users.Count);
    }

    /// <summary>Whether the number is this user's, from before an interruption.</summary>
    private async Task<bool> IsOwn(MovedUser user, TargetWrites writes) =>
        await writes.FindState(Phone(user).ToRead()) is byte[] payload && payloads.Read<PhoneState>(payload).UserId == user.Id;

    private async Task CountOf(MovedUser user)
    {
        tally.Count(Moved);
        if (user is { Old.PasswordHash.Length: > 0, PasswordHash: null })
        {
            await tally.List(WithoutPassword, $"user {user.Old.Id}");
        }

        if (user.Old.IsPro && !user.IsAtStripe)
        {
            tally.Count(ProWithoutStripe);
        }
    }

    private static GrainStateRow Phone(MovedUser user) => GrainStateRow.Of("phone", user.Key);
}
