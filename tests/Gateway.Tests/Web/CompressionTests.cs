using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Web;

/// <summary>Which answers are compressed, and what that means for caches.</summary>
public sealed class CompressionTests(GatewayFixture gateway)
{
    private static readonly string Long = string.Concat(Enumerable.Range(0, 500).Select(i => $"word {i} "));

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task A_large_room_is_compressed_and_its_ETag_is_that_of_the_form(string encoding)
    {
        var user = await RoomWith(Long);
        var plain = await user.Client.GetAsync(user.RoomPath);

        using var answer = await Get(user, user.RoomPath, encoding);

        Assert.Equal([encoding], answer.Content.Headers.ContentEncoding);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await Decompress(answer, encoding));
        Assert.True((await answer.Content.ReadAsByteArrayAsync()).Length < (await plain.Content.ReadAsByteArrayAsync()).Length / 2);
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.All([plain, answer], one => Assert.Contains("Accept-Encoding", one.Headers.Vary));
        Assert.NotEqual(plain.Headers.ETag, answer.Headers.ETag);
        foreach (var known in new[] { plain, answer })
        {
            using var again = await Get(user, user.RoomPath, encoding, known.Headers.ETag);
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Contains("Accept-Encoding", again.Headers.Vary);
        }
    }

    [Fact]
    public async Task The_ETag_of_a_room_serves_for_If_Match_in_both_forms()
    {
        var user = await RoomWith(Long);
        foreach (var encoding in new[] { "identity", "br" })
        {
            using var read = await Get(user, user.RoomPath, encoding);
            Assert.Equal(HttpStatusCode.OK, (await Rename(user, $"{encoding} 1", read.Headers.ETag!)).StatusCode);
            await (await Rename(user, $"{encoding} 2", read.Headers.ETag!)).ReadProblemAsync(HttpStatusCode.PreconditionFailed);
        }
    }

    [Fact]
    public async Task A_room_and_the_user_are_not_sent_again_when_unchanged()
    {
        var user = await RoomWith("Hello");
        foreach (var path in new[] { user.RoomPath, $"{user.RoomPath}?view=path&render=html", "/user/me", "/auth/me" })
        {
            using var first = await user.Client.GetAsync(path);
            using var same = await Get(user, path, "br", first.Headers.ETag);
            Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
            Assert.Empty(await same.Content.ReadAsByteArrayAsync());
        }

        var (room, me) = ((await user.Client.GetAsync(user.RoomPath)).Headers.ETag!, (await user.Client.GetAsync("/user/me")).Headers.ETag!);
        await user.Room.AskAndAnswer("And?", "That is all.");
        (await user.Send(HttpMethod.Patch, "/user/me", """{"name":"Eve"}""")).Dispose();
        Assert.Equal(HttpStatusCode.OK, (await Get(user, user.RoomPath, "br", room)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Get(user, "/user/me", "br", me)).StatusCode);
    }

    [Fact]
    public async Task Small_answers_problems_tokens_downloads_and_streams_are_not_compressed()
    {
        var user = await RoomWith(Long);
        await user.Room.AskAndAnswer("Hi", Long);
        var small = await gateway.NewUserWithRoom();
        using var stream = new HttpRequestMessage(HttpMethod.Get, $"{user.MessagesPath}/2");
        stream.Headers.Add("Accept", "text/event-stream");
        stream.Headers.Add("Accept-Encoding", "br, gzip");
        HttpResponseMessage[] answers =
        [
            await Get(small, small.RoomPath, "br, gzip"),
            await Get(small, "/chatroom", "br, gzip"),
            await Get(user, "/chatroom?cursor=none", "br, gzip"),
            await RefreshTokens(user),
            await Get(user, $"{user.RoomPath}/export", "br, gzip"),
            await Get(user, "/user/me/export", "br, gzip"),
            await user.Client.SendAsync(stream, HttpCompletionOption.ResponseHeadersRead),
        ];
        Assert.Equal([200, 200, 400, 200, 200, 200, 200], answers.Select(answer => (int)answer.StatusCode));
        Assert.All(answers, answer => Assert.Empty(answer.Content.Headers.ContentEncoding));
    }

    [Fact]
    public async Task Files_of_the_page_and_the_API_document_are_compressed()
    {
        foreach (var path in new[] { "/", "/main.js", "/css/shell.css", "/openapi/v1.json" })
        {
            using var answer = await Get(user: null, path, "br");
            Assert.Equal(["br"], answer.Content.Headers.ContentEncoding);
            Assert.Contains("Accept-Encoding", answer.Headers.Vary);
            Assert.Equal(await gateway.CreateAnonymousClient().GetStringAsync(path), await Decompress(answer, "br"));
        }
    }

    [Fact]
    public async Task A_part_of_a_page_file_is_not_compressed_and_each_form_has_its_own_tag()
    {
        using var compressed = await Get(user: null, "/main.js", "br");
        Assert.EndsWith("-br\"", compressed.Headers.ETag!.Tag, StringComparison.Ordinal);
        using var same = await Get(user: null, "/main.js", "br", compressed.Headers.ETag);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Contains("Accept-Encoding", same.Headers.Vary);

        using var part = new HttpRequestMessage(HttpMethod.Get, "/main.js") { Headers = { Range = new RangeHeaderValue(0, 9) } };
        part.Headers.Add("Accept-Encoding", "br");
        using var answer = await gateway.CreateAnonymousClient().SendAsync(part);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        Assert.Equal(10, (await answer.Content.ReadAsByteArrayAsync()).Length);
    }

    private static Task<HttpResponseMessage> Rename(ApiUser user, string name, EntityTagHeaderValue tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, user.RoomPath) { Content = HttpTestExtensions.Json($$"""{"name":"{{name}}"}""") };
        request.Headers.IfMatch.Add(tag);
        return user.Client.SendAsync(request);
    }

    private static async Task<string> Decompress(HttpResponseMessage answer, string encoding)
    {
        await using var body = await answer.Content.ReadAsStreamAsync();
        await using Stream plain = encoding == "br"
            ? new BrotliStream(body, CompressionMode.Decompress, leaveOpen: true)
            : new GZipStream(body, CompressionMode.Decompress, leaveOpen: true);
        using var reader = new StreamReader(plain);
        return await reader.ReadToEndAsync();
    }

    private async Task<HttpResponseMessage> RefreshTokens(ApiUser user)
    {
        var client = gateway.CreateAnonymousClient();
        client.DefaultRequestHeaders.Add("Accept-Encoding", "br, gzip");
        return await user.ExchangeRefreshToken(user.RefreshToken, at: client);
    }

    private async Task<ApiUser> RoomWith(string answer)
    {
        var user = await gateway.NewUserWithRoom();
        await user.Room.AskAndAnswer("Hi", answer);
        return user;
    }

    private Task<HttpResponseMessage> Get(ApiUser? user, string path, string encoding, EntityTagHeaderValue? known = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept-Encoding", encoding);
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        return (user?.Client ?? gateway.CreateAnonymousClient()).SendAsync(request);
    }
}
