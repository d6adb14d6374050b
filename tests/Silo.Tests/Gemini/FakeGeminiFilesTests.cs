using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>The Files API of the fake Gemini, and files in requests to its models.</summary>
public sealed class FakeGeminiFilesTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private FakeGemini _fake = null!;

    public async ValueTask InitializeAsync()
    {
        _fake = await FakeGemini.Start(new() { FileState = (type, age) => type is "video/mp4" && age < TimeSpan.FromSeconds(5) ? "PROCESSING" : "ACTIVE" });
        _http.BaseAddress = new Uri(_fake.BaseUrl);
        _http.DefaultRequestHeaders.Add("x-goog-api-key", FakeGemini.Key);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _fake.DisposeAsync();
    }

    [Fact]
    public async Task A_file_is_uploaded_in_pieces_and_described()
    {
        var bytes = Encoding.UTF8.GetBytes("Hello, file.");
        var url = await Start("text/plain", bytes.Length, "hello.txt");

        using var first = await Upload(url, bytes[..5], 0, "upload");
        using var last = await Upload(url, bytes[5..], 5, "upload, finalize");

        Assert.Equal("active", Status(first));
        Assert.Equal("final", Status(last));
        var file = (await Json(last)).GetProperty("file");
        Assert.Equal("hello.txt", file.GetProperty("displayName").GetString());
        Assert.Equal("text/plain", file.GetProperty("mimeType").GetString());
        Assert.Equal("12", file.GetProperty("sizeBytes").GetString());
        Assert.Equal("ACTIVE", file.GetProperty("state").GetString());
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(bytes)), file.GetProperty("sha256Hash").GetString());
        Assert.Equal(TimeSpan.FromHours(48), file.GetProperty("expirationTime").GetDateTimeOffset() - file.GetProperty("createTime").GetDateTimeOffset());
        Assert.StartsWith(_fake.BaseUrl + "/v1beta/files/", file.GetProperty("uri").GetString(), StringComparison.Ordinal);
        Assert.Equal(12, Assert.Single(_fake.Files.All).Size);
        Assert.Equal(12, _fake.Files.BytesReceived);
        Assert.Equal(["files.start", "files.upload", "files.upload"], _fake.Calls.Others.Select(call => call.Method));
    }

    [Fact]
    public async Task A_piece_must_begin_where_the_last_one_ended_and_the_size_is_the_announced_one()
    {
        var url = await Start("text/plain", 10);
        using var gap = await Upload(url, new byte[2], 4, "upload");
        using var start = await Upload(url, new byte[4], 0, "upload");
        using var query = await Upload(url, [], 4, "query");
        using var early = await Upload(url, new byte[2], 4, "upload, finalize");

        Assert.Equal(HttpStatusCode.BadRequest, gap.StatusCode);
        Assert.Equal("4", Assert.Single(query.Headers.GetValues("x-goog-upload-size-received")));
        Assert.Equal(HttpStatusCode.BadRequest, early.StatusCode);
        Assert.Empty(_fake.Files.All);
        Assert.Equal(6, _fake.Files.BytesReceived);
    }

    [Fact]
    public async Task Uploads_of_types_that_no_model_reads_are_refused()
    {
        using var answer = await _http.SendAsync(StartOf("application/zip", 10), TestContext.Current.CancellationToken);

        Assert.Equal("Unsupported MIME type: application/zip", await Error(answer, 400));
    }

    [Fact]
    public async Task A_file_can_be_used_in_a_request_which_records_it()
    {
        var uri = await NewFile("image/png");

        Assert.Equal("", await Ask(uri, "image/png"));
        var parts = Assert.Single(_fake.Calls.Requests).Turns[^1].Parts;
        Assert.Equal((uri, "image/png"), (parts[0].FileUri, parts[0].MimeType));
        Assert.Equal([1, 2, 3], parts[1].InlineData);
        Assert.Equal("what is it?", _fake.Calls.Requests[0].LastText);
    }

    [Fact]
    public async Task An_expired_file_is_unknown_to_reads_and_to_models()
    {
        var uri = await NewFile("image/png");
        _fake.Files.MoveClock(TimeSpan.FromHours(47));
        Assert.Equal("", await Ask(uri, "image/png"));

        _fake.Files.MoveClock(TimeSpan.FromHours(1));

        var expected = $"You do not have permission to access the File {uri.Split('/')[^1]} or it may not exist.";
        Assert.Equal(expected, await Ask(uri, "image/png", 403));
        using var read = await _http.GetAsync(uri, TestContext.Current.CancellationToken);
        Assert.Equal(expected, await Error(read, 403));
        Assert.Empty(_fake.Files.Current);
    }

    [Fact]
    public async Task A_deleted_file_is_unknown()
    {
        var uri = await NewFile("image/png");
        using var deleted = await _http.DeleteAsync(uri, TestContext.Current.CancellationToken);
        using var again = await _http.DeleteAsync(uri, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);
        Assert.Contains("or it may not exist", await Ask(uri, "image/png", 403), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_another_fake_Gemini_is_unknown()
    {
        await using var other = await FakeGemini.Start();
        var uri = await NewFile("image/png");

        Assert.Contains("or it may not exist", await Ask(uri.Replace(_fake.BaseUrl, other.BaseUrl, StringComparison.Ordinal), "image/png", 403, other), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_still_processed_cannot_be_used()
    {
        var uri = await NewFile("video/mp4");
        Assert.Contains("is not in an ACTIVE state", await Ask(uri, "video/mp4", 400), StringComparison.Ordinal);

        _fake.Files.MoveClock(TimeSpan.FromSeconds(5));

        Assert.Equal("", await Ask(uri, "video/mp4"));
    }

    [Fact]
    public async Task Files_are_listed_in_pages()
    {
        await NewFile("image/png");
        await NewFile("image/jpeg");

        var first = await _http.GetFromJsonAsync<JsonElement>("/v1beta/files?pageSize=1", TestContext.Current.CancellationToken);
        var token = first.GetProperty("nextPageToken").GetString();
        var second = await _http.GetFromJsonAsync<JsonElement>($"/v1beta/files?pageSize=1&pageToken={token}", TestContext.Current.CancellationToken);

        Assert.Equal("image/png", Assert.Single(first.GetProperty("files").EnumerateArray()).GetProperty("mimeType").GetString());
        Assert.Equal("image/jpeg", Assert.Single(second.GetProperty("files").EnumerateArray()).GetProperty("mimeType").GetString());
        Assert.False(second.TryGetProperty("nextPageToken", out _));
    }

    [Fact]
    public async Task Calls_of_files_can_be_scripted_to_fail()
    {
        _fake.ReplyToOthersWith(request => request.Method is "files.start" ? Script.Overloaded() : null);

        using var answer = await _http.SendAsync(StartOf("image/png", 10), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    private async Task<string> NewFile(string type)
    {
        using var answer = await Upload(await Start(type, 3), new byte[3], 0, "upload, finalize");
        return (await Json(answer)).GetProperty("file").GetProperty("uri").GetString()!;
    }

    private async Task<Uri> Start(string type, int length, string? name = null)
    {
        using var answer = await _http.SendAsync(StartOf(type, length, name), TestContext.Current.CancellationToken);
        return new Uri(Assert.Single(answer.EnsureSuccessStatusCode().Headers.GetValues("x-goog-upload-url")));
    }

    private static HttpRequestMessage StartOf(string type, int length, string? name = null) => new(HttpMethod.Post, "/upload/v1beta/files")
    {
        Headers =
        {
            { "X-Goog-Upload-Protocol", "resumable" },
            { "X-Goog-Upload-Command", "start" },
            { "X-Goog-Upload-Header-Content-Length", $"{length}" },
            { "X-Goog-Upload-Header-Content-Type", type },
        },
        Content = JsonContent.Create(new { file = new { displayName = name } }),
    };

    // The address of an upload is enough: no key is sent.
    private static async Task<HttpResponseMessage> Upload(Uri url, byte[] bytes, int offset, string command)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("X-Goog-Upload-Command", command);
        request.Headers.Add("X-Goog-Upload-Offset", $"{offset}");
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Asks about a file; gives the error, or nothing when there was none.</summary>
    private async Task<string> Ask(string uri, string mimeType, int status = 200, FakeGemini? fake = null)
    {
        var parts = new object[]
        {
            new { fileData = new { fileUri = uri, mimeType } },
            new { inlineData = new { mimeType = "image/jpeg", data = "AQID" } },
            new { text = "what is it?" },
        };
        using var answer = await _http.PostAsJsonAsync(
            (fake ?? _fake).BaseUrl + "/v1beta/models/m:generateContent",
            new { contents = new[] { new { role = "user", parts } } },
            TestContext.Current.CancellationToken);
        return status is 200 && answer.IsSuccessStatusCode ? "" : await Error(answer, status);
    }

    private static async Task<string> Error(HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        return (await Json(answer)).GetProperty("error").GetProperty("message").GetString()!;
    }

    private static string Status(HttpResponseMessage answer) => Assert.Single(answer.Headers.GetValues("x-goog-upload-status"));

    private static Task<JsonElement> Json(HttpResponseMessage answer) =>
        answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
}
