using System.Runtime.Versioning;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Who may use the files of a single process.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed record DataFileModes(UnixFileMode Folder, IReadOnlyDictionary<string, UnixFileMode> Files)
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;
    private const UnixFileMode ReadableByAll = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode UsableByAll = ReadableByAll | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static DataFileModes Read(string folder) => new(
        File.GetUnixFileMode(folder), Directory.GetFiles(folder).ToDictionary(file => Path.GetFileName(file), File.GetUnixFileMode));

    public static void OpenToAll(string folder)
    {
        File.SetUnixFileMode(folder, OwnersFolder | UsableByAll);
        foreach (var file in Directory.GetFiles(folder))
        {
            File.SetUnixFileMode(file, OwnersFile | ReadableByAll);
        }
    }

    /// <summary>All files that there should be are there, and only their owner can read them.</summary>
    public void AssertPrivate()
    {
        Assert.Equal(OwnersFolder, Folder);
        Assert.Superset(
            new[] { "geminichat.db", "geminichat.db-wal", "geminichat.db-shm", "geminichat.db.lock", "geminichat.grains.db", "geminichat.grains.db-wal", "secret.key" }.ToHashSet(StringComparer.Ordinal),
            Files.Keys.ToHashSet(StringComparer.Ordinal));
        Assert.All(Files, file => Assert.Equal((file.Key, OwnersFile), (file.Key, file.Value)));
    }
}
