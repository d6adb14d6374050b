namespace GeminiChat.ServiceDefaults.Files;

/// <summary>Files in a folder, with a folder for each user. In a cluster, all processes must see the same folder.</summary>
internal sealed class DiskFileStorage(string folder) : IFileStorage
{
    private const string DraftExtension = ".part";

    public FileDraft CreateDraft(FileKey file) => Translate(() =>
    {
        try
        {
            return Create();
        }
        catch (DirectoryNotFoundException)
        {
            // The user's last file was deleted at this moment, and its folder with it.
            return Create();
        }

        FileDraft Create()
        {
            var path = PathOf(file) + DraftExtension;
            PrivateFiles.EnsureFolder(folder);
            PrivateFiles.EnsureFolder(Path.GetDirectoryName(path)!);
            return new FileDraft(path);
        }
    });

    // The bytes are on the disk before the file has its name. The second flush is for the name: the journals of ext4 and XFS
    // write a renamed file together with its folder.
    public Task Publish(FileKey file, FileDraft draft, string mediaType, CancellationToken cancellationToken) => Task.Run(
        () => Translate(() =>
        {
            draft.Content.Flush(flushToDisk: true);
            File.Move(draft.Path, PathOf(file));
            draft.Content.Flush(flushToDisk: true);
            return true;
        }),
        cancellationToken);

    public Task<Stream?> OpenRead(FileKey file, long size, CancellationToken cancellationToken) => Task.FromResult(Translate<Stream?>(() =>
    {
        try
        {
            return new FileStream(
                PathOf(file), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }));

    public Task Delete(FileKey file, CancellationToken cancellationToken)
    {
        var path = PathOf(file);
        return Task.FromResult(Translate(() =>
        {
            try
            {
                File.Delete(path);
                File.Delete(path + DraftExtension);
                DeleteFolderIfEmpty(Path.GetDirectoryName(path)!);
            }
            catch (DirectoryNotFoundException)
            {
                // The user's last file was deleted before, or at this moment.
            }

            return true;
        }));
    }

    private static void DeleteFolderIfEmpty(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (IOException)
        {
            // The user has other files.
        }
    }

    private static T Translate<T>(Func<T> access)
    {
        try
        {
            return access();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FileStorageException("The folder of the files cannot be used.", failure);
        }
    }

    private string PathOf(FileKey file) => Path.Combine(folder, file.ToString());
}
