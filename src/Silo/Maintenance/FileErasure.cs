using GeminiChat.ServiceDefaults.Files;
using GeminiChat.Silo.Gemini;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Maintenance;

/// <summary>
/// Deletes files that are in no message a day after their upload, and those that a process of the previous version has orphaned. Erases the
/// bytes of deleted files and of uploads that were interrupted, here and at Gemini.
/// </summary>
internal sealed class FileErasure(
    FileStore files, IFileStorage storage, GeminiFiles gemini, TimeProvider time, ILogger<FileErasure> logger)
    : MaintenanceService(time, logger)
{
    private const int PageSize = 500;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan UnusedFor = TimeSpan.FromHours(24);

    // How far DeleteOrphaned has come.
    private Guid _lastListed;

    protected override async Task RunPass(CancellationToken cancellationToken)
    {
        await RunStep(() => DeleteUnused(cancellationToken), cancellationToken);
        await RunStep(() => DeleteOrphaned(cancellationToken), cancellationToken);
        await RunStep(() => EraseDeleted(cancellationToken), cancellationToken);
    }

    internal async Task DeleteUnused(CancellationToken cancellationToken)
    {
        var unused = await files.ListUnused(Time.GetUtcNow() - UnusedFor, PageSize);
        await RunStepForEach(unused, file => files.Delete(file.UserId, file.FileId), cancellationToken);
    }

    // One page for each pass, so that it costs little whatever the number of files.
    internal async Task DeleteOrphaned(CancellationToken cancellationToken)
    {
        var page = await files.ListAll(_lastListed, PageSize);
        _lastListed = page.Length == PageSize ? page[^1].FileId : Guid.Empty;
        await RunStepForEach(page.Where(file => file.IsOrphaned), file => files.Delete(file.UserId, file.FileId), cancellationToken);
    }

    internal async Task EraseDeleted(CancellationToken cancellationToken)
    {
        var erasures = await files.ListErasures(Time.GetUtcNow(), PageSize);
        await RunStepForEach(
            erasures,
            async erasure =>
            {
                try
                {
                    await Erase(erasure, cancellationToken);
                }
                catch (Exception) when (!cancellationToken.IsCancellationRequested)
                {
                    // The next pass takes others first.
                    await files.PostponeErasure(erasure, Time.GetUtcNow() + RetryDelay);
                    throw;
                }
            },
            cancellationToken);
    }

    private async Task Erase(FileErasureRow erasure, CancellationToken cancellationToken)
    {
        await storage.Delete(new FileKey(erasure.UserId, erasure.FileId), cancellationToken);
        if (erasure.GeminiName is { } copy)
        {
            await gemini.DeleteCopy(copy, erasure.GeminiProject, cancellationToken);
        }

        await files.CompleteErasure(erasure);
    }
}
