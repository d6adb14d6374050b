namespace GeminiChat.Grains.Users;

/// <summary>The rows of the user's files. They are in no memory: every call reads the store.</summary>
internal sealed partial class UserGrain
{
    // Longer than any upload takes.
    private static readonly TimeSpan ErasureDelay = TimeSpan.FromHours(1);

    public async Task<long?> BeginUpload(Guid fileId, string? idempotencyKey)
    {
        DeactivateIfAbsent();
        if (_profile is null)
        {
            return null;
        }

        var (user, now) = (this.GetPrimaryKey(), time.GetUtcNowToMillisecond());
        await files.BeginUpload(user, fileId, now + ErasureDelay);
        return await files.MeasureFreeSpace(user, idempotencyKey, tiers.Value, now);
    }

    public Task CancelUpload(Guid fileId) => files.CancelUpload(this.GetPrimaryKey(), fileId, time.GetUtcNowToMillisecond());

    public async Task<AddFileOutcome> AddFile(UserFile file, string? idempotencyKey)
    {
        DeactivateIfAbsent();
        return _profile is null
            ? new AddFileOutcome.UserAbsent()
            : await files.Add(this.GetPrimaryKey(), file, idempotencyKey, tiers.Value);
    }

    public async Task<UserFile?> FindFile(Guid fileId)
    {
        DeactivateIfAbsent();
        return _profile is null ? null : (await files.Find(this.GetPrimaryKey(), [fileId])).SingleOrDefault();
    }

    public async Task<ImmutableArray<UserFile>> ListFiles(Guid after, int limit)
    {
        DeactivateIfAbsent();
        return _profile is null ? [] : await files.List(this.GetPrimaryKey(), after, limit);
    }

    public async Task<DeleteFileOutcome> DeleteFile(Guid fileId)
    {
        DeactivateIfAbsent();
        return _profile is null
            ? DeleteFileOutcome.Absent
            : await files.Delete(this.GetPrimaryKey(), fileId);
    }
}
