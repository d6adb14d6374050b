using System.Runtime.Versioning;
using GeminiChat.ServiceDefaults;

namespace GeminiChat.Silo.Tests.ServiceDefaults;

[UnsupportedOSPlatform("windows")]
public sealed class PrivateFilesTests : IDisposable
{
    private const UnixFileMode Folder700 = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Folder755 =
        Folder700 | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly TemporaryFolder _parent = new();

    private string Folder => Path.Combine(_parent.Path, "data");

    public void Dispose() => _parent.Dispose();

    [Fact]
    public void A_new_folder_is_accessible_by_its_owner_only()
    {
        PrivateFiles.EnsureFolder(Folder, "chat.");
        Assert.Equal(Folder700, Mode());
    }

    [Theory]
    [InlineData("chat.db", Folder755, Folder700)]
    [InlineData("somebody-elses", Folder755, Folder755)]
    [InlineData(null, Folder755, Folder755)]
    [InlineData("chat.db", Folder755 | UnixFileMode.StickyBit, Folder755 | UnixFileMode.StickyBit)]
    public void An_existing_folder_is_restricted_only_when_it_holds_nothing_but_our_files(
        string? file, UnixFileMode before, UnixFileMode after)
    {
        Directory.CreateDirectory(Folder);
        File.SetUnixFileMode(Folder, before);
        if (file is not null)
        {
            File.WriteAllText(Path.Combine(Folder, file), "");
        }

        PrivateFiles.EnsureFolder(Folder, "chat.");

        Assert.Equal(after, Mode());
    }

    private UnixFileMode Mode() => File.GetUnixFileMode(Folder);
}
