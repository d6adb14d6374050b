using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>kill -9 between the steps of upload, message, answer and deletion: no file is lost that a message has, and none is kept.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FileCrashTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private static readonly byte[] Picture = [0x89, .. "PNG\r\n\u001A\n"u8, .. new byte[100_000]];

    [Fact]
    public async Task Files_survive_kill_9_and_go_with_their_room()
    {
        var (gateway, gemini) = (fixture.Gateway, fixture.Gemini);
        var user = await ChatUser.SignIn(gateway.Http);
        var room = await user.NewRoom();

        // After the upload.
        var file = await Upload(user, Picture);
        await Restart();
        Assert.Equal(Picture, await Download(user, file));

        // After the message, during the answer.
        gemini.ReplyAlways(Script.Chunks("half an ans").Then(Script.Silence()));
        using var posted = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "look", attachments = new[] { file } });
        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);
        await gemini.Calls.WaitForRunning(1);
        gemini.ReplyAlways(Script.Words("a graph"));
        await Restart();
        Assert.Equal("a graph", (await user.WaitForReply(room, 2)).Content());
        Assert.Equal(Picture, await Download(user, file));
        Assert.Single(gemini.Files.All);
        Assert.NotNull(gemini.Calls.Requests[^1].Turns[^1].Parts[0].FileUri);
        using var inUse = await user.Send(HttpMethod.Delete, $"/files/{file}");
        Assert.Equal(HttpStatusCode.Conflict, inUse.StatusCode);

        // After the deletion.
        using var deleted = await user.Send(HttpMethod.Delete, $"/chatroom/{room}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await Restart();
        using var gone = await user.Send(HttpMethod.Get, $"/files/{file}/content");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await WaitUntil(() => !FilesOnDisk().Any(path => path.Contains(file, StringComparison.OrdinalIgnoreCase)) && gemini.Files.Current.Count == 0);

        async Task Restart()
        {
            await gateway.Kill();
            await gateway.Restart();
        }
    }

    [Fact]
    public async Task An_upload_that_kill_9_breaks_off_is_never_served()
    {
        var gateway = fixture.Gateway;
        var user = await ChatUser.SignIn(gateway.Http);
        var before = FilesOnDisk().Length;
        using var held = new HeldUpload();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/files") { Content = held };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", user.Token);
        var upload = gateway.Http.SendAsync(request);
        await WaitUntil(() => FilesOnDisk().Length > before);

        await gateway.Kill();
        held.End();
        await Assert.ThrowsAnyAsync<Exception>(() => upload);
        await gateway.Restart();
        Assert.NotEmpty(FilesOnDisk());
        Assert.All(FilesOnDisk(), path => Assert.EndsWith(".part", path, StringComparison.Ordinal));
    }

    private static async Task<string> Upload(ChatUser user, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/files");
        request.Content = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", "graph.png" } };
        using var answer = await user.Send(request);
        return (await ChatUser.Json(answer, HttpStatusCode.Created)).GetProperty("id").GetString()!;
    }

    private static async Task<byte[]> Download(ChatUser user, string file)
    {
        using var answer = await user.Send(HttpMethod.Get, $"/files/{file}/content");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static async Task WaitUntil(Func<bool> condition)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var deadline = Deadline.Start();
        while (!condition())
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    private string[] FilesOnDisk()
    {
        var folder = Path.Combine(fixture.Data, "files");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];
    }

    /// <summary>A form whose file does not end.</summary>
    private sealed class HeldUpload : HttpContent
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HeldUpload() => Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");

        public void End() => _end.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"u8.ToArray());
            await stream.WriteAsync(Picture);
            await stream.FlushAsync();
            await _end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
