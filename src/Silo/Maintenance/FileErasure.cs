using GeminiChat.ServiceDefaults.Files;
using GeminiChat.Silo.Gemini;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Maintenance;

/// <summary>
/// Deletes files that are in no message a day after their upload, and erases the bytes of deleted files and of uploads that were interrupted, here
/// and at Gemini.
/// </summary>
internal sealed class FileErasure(
    FileStore files, IFileStorage storage, GeminiFiles gemini, TimeProvider time, ILogger<FileErasure> logger)
    : MaintenanceService(time, logger)
{
    private const int PageSize = 500;

    private static readonly TimeSpan UnusedFor = TimeSpan.FromHours(24);

    protected override async Task RunPass(CancellationToken cancellationToken)
    {
        await RunStep(() => DeleteUnused(cancellationToken), cancellationToken);
        await RunStep(() => EraseDeleted(cancellationToken), cancellationToken);
    }

    internal async Task DeleteUnused(CancellationToken cancellationToken)
    {
        var unused = await files.ListUnused(Time.GetUtcNow() - UnusedFor, PageSize);
        await RunStepForEach(unused, file => files.Delete(file.UserId, file.FileId), cancellationToken);
    }

    internal async Task EraseDeleted(CancellationToken cancellationToken)
    {
        var erasures = await files.ListErasures(Time.GetUtcNow(), PageSize);
        await RunStepForEach(
            erasures,
            async erasure =>
            {
                await storage.Delete(new FileKey(erasure.UserId, erasure.FileId), cancellationToken);
                if (erasure.GeminiName is { } copy)
                {
                    await gemini.DeleteCopy(copy, erasure.GeminiProject, cancellationToken);
                }

                await files.CompleteErasure(erasure);
            },
            cancellationToken);
    }
}
