using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Runtime.Versioning;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What one process keeps on its disk, as others on the machine see it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DataFilesTests : IDisposable
{
    private const string Password = "correct horse battery";
    private const UnixFileMode File600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder700 = File600 | UnixFileMode.UserExecute;
    private const UnixFileMode Open = Folder700 | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly TemporaryFolder _folder = new();

    private string Data => Path.Combine(_folder.Path, "data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Data_files_are_readable_by_their_owner_only_and_older_files_are_restricted_at_start()
    {
        await using (var first = await GatewayProcess.Start(_folder.Path))
        {
            await ChatUser.SignIn(first.Http);
            CheckModes();
            await first.Kill();
        }

        File.SetUnixFileMode(Data, Open);
        foreach (var file in Directory.GetFiles(Data))
        {
            File.SetUnixFileMode(file, Open & ~(UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
        }

        await using var second = await GatewayProcess.Start(_folder.Path);
        await ChatUser.SignIn(second.Http);
        CheckModes();
    }

    [Fact]
    public async Task Deleted_text_soon_disappears_from_all_data_files()
    {
        const string Name = "room-of-secrets-9bd1", Question = "question-of-secrets-77ac", Number = "+14155550177";
        await using var gateway = await GatewayProcess.Start(_folder.Path);
        var user = await SignUp(gateway.Http, Number);
        var room = await user.NewRoom(Name);
        await user.Ask(room, Question);
        await user.Ask(await user.NewRoom(), "of another room");
        Assert.Superset(FilesContaining(Name, Question, Number).ToHashSet(StringComparer.Ordinal), new[] { Name, Question, Number }.ToHashSet(StringComparer.Ordinal));

        Assert.Equal(HttpStatusCode.NoContent, (await user.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
        await WaitUntilErased(Name, Question);

        Assert.Equal(HttpStatusCode.NoContent, (await user.Send(HttpMethod.Delete, "/user/me", new { password = Password })).StatusCode);
        await WaitUntilErased(Number, "of another room");
    }

    private static async Task<ChatUser> SignUp(HttpClient http, string number)
    {
        var signedUp = await http.PostAsJsonAsync("/auth/signup", new { name = "Ada", mobile_number = number, password = Password });
        var token = (await ChatUser.Json(signedUp, HttpStatusCode.Created)).GetProperty("signup_token").GetString();
        var sent = await ChatUser.Json(await http.PostAsJsonAsync("/auth/send-otp", new { mobile_number = number }));
        var verified = await http.PostAsJsonAsync(
            "/auth/verify-otp", new { mobile_number = number, otp_code = sent.GetProperty("otp").GetString(), signup_token = token });
        return new ChatUser(http, (await ChatUser.Json(verified)).GetProperty("access_token").GetString()!);
    }

    private void CheckModes()
    {
        Assert.Equal(Folder700, File.GetUnixFileMode(Data));
        string[] names = [.. Directory.GetFiles(Data).Select(file => Path.GetFileName(file))];
        Assert.Superset(
            new[] { "geminichat.db", "geminichat.db-wal", "geminichat.db-shm", "geminichat.db.lock", "geminichat.grains.db", "geminichat.grains.db-wal", "secret.key" }.ToHashSet(StringComparer.Ordinal),
            names.ToHashSet(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal((name, File600), (name, File.GetUnixFileMode(Path.Combine(Data, name)))));
    }

    private async Task WaitUntilErased(params string[] texts)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        using var deadline = Deadline.Start();
        while (FilesContaining(texts) is [_, ..] left)
        {
            Assert.False(deadline.IsCancellationRequested, $"Still there: {string.Join(", ", left)}");
            await look.WaitForNextTickAsync();
        }
    }

    /// <summary>Which of the texts are in the files, wherever in them.</summary>
    private string[] FilesContaining(params string[] texts)
    {
        var contents = Directory.GetFiles(Data).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).Select(Read).ToList();
        return [.. texts.Where(text => contents.Exists(content => content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0))];
    }

    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[stream.Length];
        return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }
}
