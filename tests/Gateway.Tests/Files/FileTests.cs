using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using GeminiChat.Gateway.Files;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Files;

/// <summary>Uploading, downloading and deleting files.</summary>
public sealed class FileTests(GatewayFixture gateway) : IAsyncLifetime
{
    private static readonly byte[] Png = [0x89, .. "PNG\r\n\u001A\n<script>alert(1)</script>"u8];

    private ApiUser _user = null!;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_file_is_uploaded_and_found()
    {
        var answer = await Upload(Png, "graph.png");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var file = await answer.ReadJsonAsync();
        Assert.Equal(["id", "name", "media_type", "size", "created_at"], file.Names());
        Assert.Equal($"/files/{file.Text("id")}", answer.Headers.Location?.ToString());
        Assert.Equal(("graph.png", "image/png", Png.Length), (file.Text("name"), file.Text("media_type"), file.GetProperty("size").GetInt32()));
        Assert.Equal(file.GetRawText(), (await (await _user.Client.GetAsync(answer.Headers.Location)).ReadJsonAsync()).GetRawText());
    }

    [Fact]
    public async Task The_content_is_served_as_a_download_that_runs_nothing()
    {
        var path = await UploadOk(Png, "a b \u00FC.png");

        var answer = await _user.Client.GetAsync($"{path}/content");

        Assert.Equal(Png, await answer.Content.ReadAsByteArrayAsync());
        var (headers, content) = (answer.Headers, answer.Content.Headers);
        Assert.Equal("image/png", content.ContentType?.ToString());
        Assert.Equal("attachment", content.ContentDisposition?.DispositionType);
        Assert.Equal("a b \u00FC.png", content.ContentDisposition?.FileNameStar);
        Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("sandbox; default-src 'none'", headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("same-origin", headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(Png))}\"", headers.ETag?.Tag);
        Assert.True(headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task A_part_of_the_content_can_be_read()
    {
        var path = await UploadOk(Png, "graph.png");

        var request = new HttpRequestMessage(HttpMethod.Get, $"{path}/content");
        request.Headers.Range = new RangeHeaderValue(1, 3);
        var answer = await _user.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal("PNG", await answer.Content.ReadAsStringAsync());
        Assert.Equal($"bytes 1-3/{Png.Length}", answer.Content.Headers.ContentRange?.ToString());
        var cached = new HttpRequestMessage(HttpMethod.Get, $"{path}/content");
        cached.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await _user.Client.SendAsync(cached)).StatusCode);
        var head = await _user.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"{path}/content"));
        Assert.Equal(Png.Length, head.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", "image.svg")]
    [InlineData("<!DOCTYPE html><script>alert(1)</script>", "page.html")]
    [InlineData("print('h\u00E9')", "main.py")]
    public async Task Source_code_is_plain_text(string text, string name)
    {
        var path = await UploadOk(Encoding.UTF8.GetBytes(text), name);
        var answer = await _user.Client.GetAsync($"{path}/content");

        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(text, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("504B030414000000080000", "archive.zip")]
    [InlineData("504B030414000600", "report.docx")]
    [InlineData("504B030414000600", "picture.png")]
    [InlineData("4D5A90000300", "notes.txt")]
    [InlineData("FFFE68006900", "utf16.txt")]
    [InlineData("47494638396101000100800000", "moving.gif")]
    public async Task What_the_model_does_not_take_is_refused(string hex, string name) =>
        await (await Upload(Convert.FromHexString(hex), name)).ReadProblemAsync(HttpStatusCode.UnsupportedMediaType);

    [Fact]
    public async Task An_empty_file_and_a_long_name_are_refused()
    {
        Assert.Equal(FileProblems.Empty.ToBody("/").Detail, await (await Upload([], "empty.txt")).ReadProblemAsync(HttpStatusCode.BadRequest));
        await (await Upload(Png, new string('a', 300))).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\temp\\a.png", "a.png")]
    public async Task A_name_loses_its_path(string sent, string name)
    {
        var answer = await Upload(Png, sent);
        Assert.Equal(name, (await answer.ReadJsonAsync()).Text("name"));
    }

    [Fact]
    public async Task A_body_that_is_no_form_with_one_file_is_refused()
    {
        await (await _user.Client.PostAsync("/files", HttpTestExtensions.Json("{}"))).ReadProblemAsync(HttpStatusCode.UnsupportedMediaType);
        await (await _user.Client.PostAsync("/files", new MultipartFormDataContent { { new StringContent("a"), "other", "a.txt" } }))
            .ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await _user.Client.PostAsync("/files", new MultipartFormDataContent
        {
            { new StringContent("a"), "file", "a.txt" }, { new StringContent("a"), "file", "a.txt" },
        })).ReadProblemAsync(HttpStatusCode.BadRequest);
        var cut = new StringContent("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello");
        cut.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        await (await _user.Client.PostAsync("/files", cut)).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_whether_or_not_its_length_is_announced()
    {
        await using var small = await GatewayFixture.StartAsync(["--FILE_MAX_MB=1"]);
        using var http = small.CreateAnonymousClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", small.TokenOf(_user));
        var large = Encoding.ASCII.GetBytes(new string('a', 1_000_001));
        await (await http.PostAsync("/files", Form(large, "a.txt"))).ReadProblemAsync(HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal(HttpStatusCode.Created, (await http.PostAsync("/files", Form(large[1..], "a.txt"))).StatusCode);

        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/files") { Content = Form(new byte[2_000_000], "a.txt") };
        chunked.Headers.TransferEncodingChunked = true;
        await (await http.SendAsync(chunked)).ReadProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_repeat_with_the_key_gets_the_same_file()
    {
        var first = await (await Upload(Png, "graph.png", "key")).ReadJsonAsync();
        Assert.Equal(first.GetRawText(), (await (await Upload(Png, "graph.png", "key")).ReadJsonAsync()).GetRawText());
        await (await Upload([.. Png, 1], "graph.png", "key")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Single(Directory.GetFiles(Path.Combine(GatewayFixture.FilesFolder.Path, _user.Id.ToString())));
    }

    [Fact]
    public async Task A_refused_upload_leaves_no_bytes()
    {
        await (await Upload(Convert.FromHexString("504B0304"), "archive.zip")).ReadProblemAsync(HttpStatusCode.UnsupportedMediaType);
        Assert.False(Directory.Exists(Path.Combine(GatewayFixture.FilesFolder.Path, _user.Id.ToString()))
            && Directory.EnumerateFiles(Path.Combine(GatewayFixture.FilesFolder.Path, _user.Id.ToString())).Any());
    }

    [Fact]
    public async Task A_deleted_file_is_gone()
    {
        var path = await UploadOk(Png, "graph.png");

        Assert.Equal(HttpStatusCode.NoContent, (await _user.Client.DeleteAsync(path)).StatusCode);
        await (await _user.Client.GetAsync(path)).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await _user.Client.GetAsync($"{path}/content")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await _user.Client.DeleteAsync(path)).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Files_of_other_users_and_malformed_ids_are_not_found()
    {
        var path = await UploadOk(Png, "graph.png");
        var other = await gateway.NewUserWithRoom();
        foreach (var one in new[] { path, $"{path}/content", "/files/none", "/files/none/content" })
        {
            await (await other.Client.GetAsync(one)).ReadProblemAsync(HttpStatusCode.NotFound);
        }

        await (await other.Client.DeleteAsync(path)).ReadProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, (await _user.Client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_message_has_its_files()
    {
        var file = await (await Upload(Png, "graph.png")).ReadJsonAsync();
        var posted = await (await Post(_user.MessagesPath, file.Text("id"))).ReadJsonAsync();

        var attachment = Assert.Single(posted.GetProperty("message").GetProperty("attachments").EnumerateArray());
        Assert.Equal(["id", "name", "media_type", "size"], attachment.Names());
        Assert.Equal((file.Text("id"), "graph.png"), (attachment.Text("id"), attachment.Text("name")));
        Assert.False(posted.GetProperty("reply").TryGetProperty("attachments", out _));
        var shown = await (await _user.Client.GetAsync($"{_user.MessagesPath}/1")).ReadJsonAsync();
        Assert.Equal(attachment.GetRawText(), shown.GetProperty("attachments")[0].GetRawText());
        await (await _user.Client.DeleteAsync($"/files/{file.Text("id")}")).ReadProblemAsync(HttpStatusCode.Conflict);

        var edited = await (await Post($"{_user.MessagesPath}/1/edit", file.Text("id"))).ReadJsonAsync();
        Assert.Single(edited.GetProperty("message").GetProperty("attachments").EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, (await _user.Client.DeleteAsync(_user.RoomPath)).StatusCode);
        await (await _user.Client.GetAsync($"/files/{file.Text("id")}")).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_message_with_an_unknown_file_or_too_many_files_is_refused()
    {
        var other = await gateway.NewUserWithRoom();
        var foreign = await (await other.Client.PostAsync("/files", Form(Png, "graph.png"))).ReadJsonAsync();
        await (await Post(_user.MessagesPath, foreign.Text("id"))).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await Post(_user.MessagesPath, Guid.CreateVersion7().ToString())).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await Post(_user.MessagesPath, [.. Enumerable.Range(0, 11).Select(_ => Guid.CreateVersion7().ToString())])).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await Post(_user.MessagesPath, "none")).ReadProblemAsync(HttpStatusCode.BadRequest);
        Assert.Empty((await (await _user.Client.GetAsync(_user.RoomPath)).ReadJsonAsync()).GetProperty("messages").EnumerateArray());
    }

    [Fact]
    public async Task A_key_belongs_to_the_files_of_its_message_too()
    {
        var (first, second) = (await UploadOk(Png, "a.png"), await UploadOk(Png, "b.png"));
        string Body(string path) => $$"""{"content":"look","attachments":["{{path["/files/".Length..]}}"]}""";
        var accepted = await _user.Client.PostJsonAsync(_user.MessagesPath, Body(first), "key");
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await _user.Client.PostJsonAsync(_user.MessagesPath, Body(first), "key")).StatusCode);
        await (await _user.Client.PostJsonAsync(_user.MessagesPath, Body(second), "key")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        await (await _user.Client.PostJsonAsync(_user.MessagesPath, "{\"content\":\"look\"}", "key")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_user_has_a_limited_number_of_uploads_at_the_same_time()
    {
        using var deadline = Deadline.Start();
        var held = new List<TcpClient>();
        for (var i = 0; i < UploadLimiter.MaxUploadsPerUser; i++)
        {
            var upload = new TcpClient(gateway.Address.Host, gateway.Address.Port);
            held.Add(upload);
            await upload.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                "POST /files HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n"
                + $"Authorization: Bearer {_user.Token}\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"
                + new string('a', 2000)), deadline.Token);
        }

        await UploadUntil(HttpStatusCode.TooManyRequests, deadline.Token);
        Assert.Equal(HttpStatusCode.OK, (await _user.Client.GetAsync("/user/me")).StatusCode);
        held.ForEach(upload => upload.Dispose());
        await UploadUntil(HttpStatusCode.Created, deadline.Token);
    }

    private Task<HttpResponseMessage> Post(string path, params string[] files) =>
        _user.Client.PostJsonAsync(path, System.Text.Json.JsonSerializer.Serialize(new { content = "look", attachments = files }));

    private async Task UploadUntil(HttpStatusCode status, CancellationToken cancellationToken)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while ((await Upload(Png, "graph.png")).StatusCode != status)
        {
            await retry.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static MultipartFormDataContent Form(byte[] bytes, string name) => new() { { new ByteArrayContent(bytes), "file", name } };

    private Task<HttpResponseMessage> Upload(byte[] bytes, string name, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/files") { Content = Form(bytes, name) };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return _user.Client.SendAsync(request);
    }

    private async Task<string> UploadOk(byte[] bytes, string name)
    {
        var answer = await Upload(bytes, name);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }
}
