namespace GeminiChat.ServiceDefaults;

/// <summary>Files and folders that only the account of this process may enter. Windows has no such modes: there nothing is done.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode File600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder700 = File600 | UnixFileMode.UserExecute;

    /// <summary>How a file is opened that only this account may read, and made where there is none.</summary>
    public static FileStreamOptions Options(FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File600;
        }

        return options;
    }

    /// <summary>Makes an empty file with mode 0600, or gives one that is there this mode.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void CreateOrRestrict(string file)
    {
        if (!File.Exists(file))
        {
            using var made = new FileStream(file, Options(FileMode.OpenOrCreate, FileAccess.Write));
        }

        RestrictToOwner(file);
    }

    /// <summary>Gives a file that is there mode 0600. One that belongs to another account keeps what it has.</summary>
    public static void RestrictToOwner(string file) => SetMode(file, File600);

    /// <summary>
    /// Makes a folder with mode 0700. One that is there gets this mode when nothing but our own files is in it, and is
    /// left as it is otherwise: others may have to get at theirs.
    /// </summary>
    /// <param name="folder">Its full path.</param>
    /// <param name="ours">How the names of our files begin.</param>
    public static void EnsureFolder(string folder, params ReadOnlySpan<string> ours)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, Folder700);
        }
        else if (ContainsOnly(folder, ours))
        {
            SetMode(folder, Folder700);
        }
    }

    private static bool ContainsOnly(string folder, ReadOnlySpan<string> ours)
    {
        var isEmpty = true;
        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            isEmpty = false;
            if (!BeginsWithAny(Path.GetFileName(path), ours))
            {
                return false;
            }
        }

        // The folder that the process was started in, and one that all write to, such as /tmp, are not ours at all.
        return !isEmpty
            && !string.Equals(Path.GetFullPath(folder).TrimEnd('/'), Directory.GetCurrentDirectory(), StringComparison.Ordinal)
            && (OperatingSystem.IsWindows() || !File.GetUnixFileMode(folder).HasFlag(UnixFileMode.StickyBit));
    }

    private static bool BeginsWithAny(string name, ReadOnlySpan<string> beginnings)
    {
        foreach (var beginning in beginnings)
        {
            if (name.StartsWith(beginning, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && Path.Exists(path) && File.GetUnixFileMode(path) != mode)
            {
                File.SetUnixFileMode(path, mode);
            }
        }
        catch (UnauthorizedAccessException)
        {
            // A volume's owner has decided already.
        }
    }
}
