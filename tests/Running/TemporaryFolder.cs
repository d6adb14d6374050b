namespace GeminiChat.Running;

/// <summary>A folder that is gone after the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public TemporaryFolder()
        : this(System.IO.Path.GetTempPath())
    {
    }

    public TemporaryFolder(string parent) =>
        Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"geminichat-{Guid.CreateVersion7():N}")).FullName;

    public string Path { get; }

    /// <summary>Repeats the deletion while a server that is ending still makes files in the folder.</summary>
    public void Dispose()
    {
        if (!SpinWait.SpinUntil(TryDelete, Timeout))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private bool TryDelete()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
