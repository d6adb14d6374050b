using GeminiChat.ServiceDefaults;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>
/// An exclusive lock on a file. The kernel frees it when the process ends for any reason. The file is not removed: otherwise two
/// processes could lock two files of the same name.
/// </summary>
internal sealed class FileLock : IAsyncDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; null when another process has it.</summary>
    public static FileLock? TryAcquire(string path)
    {
        try
        {
            var file = new FileStream(path, PrivateFiles.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite));
            PrivateFiles.RestrictToOwner(path);
            return new FileLock(file);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
