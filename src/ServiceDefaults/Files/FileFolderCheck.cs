using GeminiChat.ServiceDefaults.Startup;

namespace GeminiChat.ServiceDefaults.Files;

/// <summary>
/// Checks that this account can write to the folder of <c>FILES_URL</c>. The default folder is beside the database, which checks
/// its own folder.
/// </summary>
internal sealed class FileFolderCheck(FileStorageAddress address, IConfiguration settings, TimeProvider time) : IStartupCheck
{
    public Task Check(CancellationToken cancellationToken)
    {
        if (address is FileStorageAddress.Disk { Folder: var folder } && !string.IsNullOrWhiteSpace(settings[FileStorageAddress.Setting]))
        {
            try
            {
                PrivateFiles.EnsureFolder(folder);
                using var probe = new FileStream(
                    Path.Combine(folder, $"{Guid.CreateVersion7(time.GetUtcNow()):N}.check"),
                    FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StartupException($"{FileStorageAddress.Setting}: files cannot be written to {folder}: {e.Message}", e);
            }
        }

        return Task.CompletedTask;
    }
}
