using GeminiChat.Gateway.Auth;
using GeminiChat.ServiceDefaults.Files;

namespace GeminiChat.Gateway.Files;

/// <summary>
/// Stores an upload in three steps: a record that the bytes must be erased in an hour, the bytes, and the file's row, which removes
/// that record. A process that ends in between leaves nothing that is served, and nothing that stays.
/// </summary>
internal sealed class FileUploader(
    IGrainFactory grains, IFileStorage storage, IOptions<FileOptions> options, RequestBodyReader bodies, TimeProvider time)
{
    /// <summary>Stores the one file of a form.</summary>
    public Task<(UserFile? File, Problem? Problem)> StoreAsync(Guid userId, string boundary, string? idempotencyKey, HttpContext http) =>
        StoreAsync(userId, reader => reader.ReceiveAsync(http, boundary), idempotencyKey, http);

    /// <summary>Stores a file that came as a part of another body.</summary>
    public Task<(UserFile? File, Problem? Problem)> StoreAsync(
        Guid userId, string? name, ReadOnlyMemory<byte> content, string idempotencyKey, HttpContext http) =>
        StoreAsync(userId, reader => reader.ReceiveAsync(name, content), idempotencyKey, http);

    private async Task<(UserFile? File, Problem? Problem)> StoreAsync(
        Guid userId, Func<FileFormReader, Task<ReceivedFile>> receive, string? idempotencyKey, HttpContext http)
    {
        using var deadline = new UploadDeadline(time, bodies.Shutdown, http.RequestAborted);
        var key = new FileKey(userId, Guid.CreateVersion7(time.GetUtcNow()));
        if (await GrainCalls.RetryAsync(() => grains.User(userId).BeginUpload(key.FileId, idempotencyKey), deadline.Token) is not { } space)
        {
            return (null, JwtBearerSetup.Challenge(http));
        }

        var leavesBytes = false;
        try
        {
            await using var draft = storage.CreateDraft(key);
            var max = Math.Min(space, options.Value.MaxBytes);
            var tooLarge = space < options.Value.MaxBytes ? FileProblems.StorageFull : FileProblems.TooLarge(options.Value.MaxMegabytes);
            var received = await ReceiveAsync(receive(new FileFormReader(draft, deadline, max, tooLarge)), deadline, http);
            if (received.Problem is { } problem)
            {
                // The rest of the body is not read.
                http.Response.Headers.Connection = "close";
                return (null, problem);
            }

            leavesBytes = true;
            var outcome = await AddAsync(key, draft, received, idempotencyKey, http.RequestAborted);
            if (outcome is not AddFileOutcome.Added added || added.File.Id != key.FileId)
            {
                // If this fails, the erasure does it later.
                await storage.Delete(key, CancellationToken.None);
                leavesBytes = false;
            }

            return ToResult(outcome, http);
        }
        finally
        {
            if (!leavesBytes)
            {
                await CancelAsync(key);
            }
        }
    }

    private static (UserFile? File, Problem? Problem) ToResult(AddFileOutcome outcome, HttpContext http) => outcome switch
    {
        AddFileOutcome.Added { File: var one } => (one, null),
        AddFileOutcome.KeyReused => (null, FileProblems.KeyReused),
        AddFileOutcome.StorageFull => (null, FileProblems.StorageFull),
        AddFileOutcome.UserAbsent => (null, JwtBearerSetup.Challenge(http)),
        var other => throw new NotSupportedException(other.GetType().Name),
    };

    private static async Task<ReceivedFile> ReceiveAsync(Task<ReceivedFile> receiving, UploadDeadline deadline, HttpContext http)
    {
        try
        {
            return await receiving;
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            return ReceivedFile.Refused(deadline.IsTooSlow ? FileProblems.TooSlow : Problems.Stopping);
        }
    }
    private async Task<AddFileOutcome> AddAsync(
        FileKey key, FileDraft draft, ReceivedFile received, string? idempotencyKey, CancellationToken cancellationToken)
    {
        await storage.Publish(key, draft, received.MediaType, cancellationToken);
        var createdAt = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var file = new UserFile(key.FileId, received.Name, received.MediaType, received.Size, received.Sha256, createdAt);
        return await GrainCalls.RetryAsync(() => grains.User(key.UserId).AddFile(file, idempotencyKey), cancellationToken);
    }

    // Otherwise refused uploads would leave any number of records, for an hour each. Here one try is enough.
    private async Task CancelAsync(FileKey key)
    {
        try
        {
            await grains.User(key.UserId).CancelUpload(key.FileId);
        }
        catch (Exception outage) when (TransientErrors.IsTransient(outage))
        {
            // The erasure removes the record later.
        }
    }
}
