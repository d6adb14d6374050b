using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>Uploads with the Files API, one at a time for each file.</summary>
internal sealed partial class GeminiFiles
{
    // All turns of this process that need a file share one upload. It goes on when one of them is stopped.
    private async Task<GeminiFileHandle> UploadOnce(FileContent file, CancellationToken cancellationToken)
    {
        var upload = _uploads.GetOrAdd(file.File.Id, id => new(async () =>
        {
            try
            {
                return await RunWithTimeout(token => Upload(file, token), UploadTimeout, _stopping.Token);
            }
            finally
            {
                _uploads.TryRemove(id, out _);
            }
        }));
        return await upload.Value.WaitAsync(cancellationToken);
    }

    private async Task<GeminiFileHandle> Upload(FileContent file, CancellationToken cancellationToken)
    {
        // Another turn may have uploaded it just now, or have given up before it was active.
        var old = (await files.FindHandles(file.UserId, [file.File.Id])).GetValueOrDefault(file.File.Id);
        var handle = IsUsable(old) ? old! : await SendBytes(file, old, cancellationToken);
        return handle.Uri is null ? await WaitUntilActive(file, handle, cancellationToken) : handle;
    }

    private async Task<GeminiFileHandle> SendBytes(FileContent file, GeminiFileHandle? old, CancellationToken cancellationToken)
    {
        await using var bytes = await Open(file, cancellationToken);
        var uploaded = await _api.Upload(bytes, file.File.Size, ToGeminiType(file.File.MediaType), cancellationToken);
        return await Store(file, uploaded, old?.Name, cancellationToken);
    }

    private async Task<GeminiFileHandle> WaitUntilActive(FileContent file, GeminiFileHandle handle, CancellationToken cancellationToken)
    {
        try
        {
            return await Store(file, await _api.WaitUntilActive(handle.Name, cancellationToken), handle.Name, cancellationToken);
        }
        catch (ModelException refused) when (refused.Fault is ModelFault.Rejected || refused.IsFileUnknown)
        {
            await files.SetHandle(file.UserId, file.File.Id, null, handle.Name);
            await DeleteCopy(handle.Name, handle.Project, cancellationToken);
            throw;
        }
    }

    // As soon as Gemini has a copy, its name is stored, so that FileErasure finds it.
    private async Task<GeminiFileHandle> Store(FileContent file, GeminiFile uploaded, string? oldName, CancellationToken cancellationToken)
    {
        if (uploaded is not { Name: { } name, Uri: { } uri, ExpirationTime: { } end })
        {
            throw new ModelException(ModelFault.Protocol, "Gemini took a file, but did not say where it is.");
        }

        var handle = new GeminiFileHandle(name, uploaded.IsActive ? uri : null, _project, end);
        if (await files.SetHandle(file.UserId, file.File.Id, handle, oldName))
        {
            return handle;
        }

        // Another process has uploaded the file, or its row is gone. FileErasure would not find this copy.
        await DeleteCopy(name, _project, cancellationToken);
        return (await files.FindHandles(file.UserId, [file.File.Id])).TryGetValue(file.File.Id, out var other) && IsUsable(other) && other.Uri is not null
            ? other
            : throw new ModelException(ModelFault.Unavailable, "The copy of a file was replaced while it was sent to Gemini.");
    }

    private bool IsUsable(GeminiFileHandle? handle) =>
        handle is not null && handle.Project == _project && handle.ExpiresAt > time.GetUtcNow() + RenewedBeforeEnd;
}

/// <summary>Gemini's copy of a file.</summary>
/// <param name="Name">Its name there, such as <c>files/abc</c>.</param>
/// <param name="Uri">How a request names it; null while Gemini processes it, when no request may name it.</param>
/// <param name="Project">The project that it belongs to.</param>
/// <param name="ExpiresAt">When Google deletes it.</param>
internal sealed record GeminiFileHandle(string Name, string? Uri, string Project, DateTimeOffset ExpiresAt);
