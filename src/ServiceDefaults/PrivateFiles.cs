namespace GeminiChat.ServiceDefaults;

/// <summary>
/// Files and folders that only this process's account can access. Windows has no such modes, so there it does nothing.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode File600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder700 = File600 | UnixFileMode.UserExecute;

    /// <summary>Options to open a file. If they create it, only this account can access it.</summary>
    public static FileStreamOptions Options(FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File600;
        }

        return options;
    }

    /// <summary>Creates an empty file with mode 0600, or sets the mode of an existing file.</summary>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static void CreateOrRestrict(string file)
    {
        if (!File.Exists(file))
        {
            using var created = new FileStream(file, Options(FileMode.OpenOrCreate, FileAccess.Write));
        }

        RestrictToOwner(file);
    }

    /// <summary>Sets the mode of an existing file to 0600. A file of another account keeps its mode.</summary>
    public static void RestrictToOwner(string file) => SetMode(file, File600);

    /// <summary>
    /// Creates a folder with mode 0700. An existing folder gets this mode only if it contains nothing but our files, because
    /// other accounts may need access to theirs.
    /// </summary>
    /// <param name="folder">The full path.</param>
    /// <param name="ours">The first characters of the names of our files.</param>
    public static void EnsureFolder(string folder, params string[] ours)
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

    private static bool ContainsOnly(string folder, string[] ours)
    {
        var names = Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).ToList();

        // The working folder of the process, and a folder that all accounts can write to, such as /tmp, are never ours.
        return names.Count > 0
            && names.TrueForAll(name => Array.Exists(ours, start => name!.StartsWith(start, StringComparison.Ordinal)))
            && !string.Equals(Path.GetFullPath(folder).TrimEnd('/'), Directory.GetCurrentDirectory(), StringComparison.Ordinal)
            && (OperatingSystem.IsWindows() || !File.GetUnixFileMode(folder).HasFlag(UnixFileMode.StickyBit));
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
            // The file or folder belongs to another account, which has chosen the mode.
        }
    }
}
