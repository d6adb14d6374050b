using System.Net;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What one process keeps on its disk, as others on the machine see it.</summary>
[Collection<SharedKilledGateway>]
[UnsupportedOSPlatform("windows")]
public sealed class DataFilesTests(KilledGateway killed) : GatewayTests(killed)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task Data_files_are_readable_by_their_owner_only_and_older_files_are_restricted_at_start()
    {
        await ChatUser.SignIn(Gateway.Http);
        killed.ModesBefore.AssertPrivate();
        DataFileModes.Read(killed.Data).AssertPrivate();
    }

    [Fact]
    public async Task Deleted_text_soon_disappears_from_all_data_files()
    {
        const string Name = "room-of-secrets-9bd1", Question = "question-of-secrets-77ac", Number = "+14155550177", OtherQuestion = "question-of-another-user-51fe";
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom(Name);
        await user.Ask(room, Question);
        var leaver = await SignUp(Gateway.Http, Number);
        await leaver.Ask(await leaver.NewRoom(), OtherQuestion);
        Assert.Equal([Name, Question, Number, OtherQuestion], FilesContaining(Name, Question, Number, OtherQuestion));

        Assert.Equal(HttpStatusCode.NoContent, (await user.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await leaver.Send(HttpMethod.Delete, "/user/me", new { password = Password })).StatusCode);
        await WaitUntilErased(Name, Question, Number, OtherQuestion);
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

    private async Task WaitUntilErased(params string[] texts)
    {
        using var look = new PeriodicTimer(TimeSpan.FromSeconds(1));
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
        var contents = Directory.GetFiles(killed.Data).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).Select(Read).ToList();
        return [.. texts.Where(text => contents.Exists(content => content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0))];
    }

    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[stream.Length];
        return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }
}
