using GeminiChat.ServiceDefaults;
namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>
/// An exclusive lock on a file, which the kernel frees when the process ends, however it ends. The file stays: removing
/// it would let two processes lock two files of the same name.
/// </summary>
internal sealed class FileLock : IAsyncDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Null when another process holds it.</summary>
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
