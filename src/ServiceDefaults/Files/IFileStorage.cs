namespace GeminiChat.ServiceDefaults.Files;

/// <summary>
/// The bytes of users' files, in the place of <c>FILES_URL</c>. A file is never changed: it is published once, and deleted once.
/// </summary>
/// <remarks>Every method may throw <see cref="FileStorageException"/>.</remarks>
internal interface IFileStorage
{
    /// <summary>Opens a local file for the bytes of an upload. Nobody else sees it before <see cref="Publish"/>.</summary>
    FileDraft CreateDraft(FileKey file);

    /// <summary>Makes a draft the content of a file. Durable when it completes.</summary>
    Task Publish(FileKey file, FileDraft draft, string mediaType, CancellationToken cancellationToken);

    /// <summary>Opens a file for reading, at any position; null when there is none.</summary>
    Task<Stream?> OpenRead(FileKey file, long size, CancellationToken cancellationToken);

    /// <summary>Deletes a file and what an interrupted upload has left of it. Safe to repeat.</summary>
    Task Delete(FileKey file, CancellationToken cancellationToken);
}

/// <summary>Names the bytes of a file.</summary>
internal readonly record struct FileKey(Guid UserId, Guid FileId)
{
    public override string ToString() => $"{UserId:D}/{FileId:D}";
}

/// <summary>A local file with the bytes of an upload. It is deleted when it is disposed, unless it was published.</summary>
internal sealed class FileDraft : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Creates the file.</summary>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public FileDraft(string path)
    {
        var options = PrivateFiles.Options(FileMode.Create, FileAccess.ReadWrite);
        options.Options = FileOptions.Asynchronous;
        options.BufferSize = BufferBytes;
        options.Share = FileShare.Delete;
        (Path, Content) = (path, new FileStream(path, options));
    }

    public string Path { get; }

    public FileStream Content { get; }

    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        try
        {
            File.Delete(Path);
        }
        catch (DirectoryNotFoundException)
        {
            // The user's last file was deleted at this moment, and its folder with it.
        }
    }
}

/// <summary>The storage cannot do this now. A later try may succeed.</summary>
internal sealed class FileStorageException(string message, Exception inner) : Exception(message, inner);
