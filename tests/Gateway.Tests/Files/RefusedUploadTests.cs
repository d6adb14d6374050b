using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Silo.Store;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Gateway.Tests.Files;

/// <summary>Uploads that take no space: those of a user whose storage is full, and those that are refused.</summary>
public sealed class RefusedUploadTests : IAsyncLifetime
{
    private static readonly byte[] Png = [0x89, .. "PNG\r\n\u001A\n"u8];

    private GatewayFixture _gateway = null!;
    private ApiUser _user = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayFixture.StartWithSiloAsync(["--BASIC_STORAGE_MB=1"]);
        _user = await _gateway.NewUser().SignIn();
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_repeat_is_accepted_although_the_first_upload_filled_the_storage()
    {
        byte[] picture = [.. Png, .. new byte[1_000_000 - Png.Length]];
        var first = await Upload(picture, "key");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var repeat = await Upload(picture, "key");

        Assert.Equal(HttpStatusCode.Created, repeat.StatusCode);
        Assert.Equal(first.Headers.Location, repeat.Headers.Location);
        await (await Upload(Png, "other")).ReadProblemAsync(HttpStatusCode.Conflict);
        Assert.Equal(0, await CountErasures());
    }

    [Fact]
    public async Task Refused_uploads_leave_no_rows()
    {
        await (await Upload([], "empty")).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await Upload(Convert.FromHexString("504B0304"), "archive")).ReadProblemAsync(HttpStatusCode.UnsupportedMediaType);
        await (await Upload([.. Png, .. new byte[1_000_000]], "large")).ReadProblemAsync(HttpStatusCode.Conflict);

        Assert.Equal(0, await CountErasures());
    }

    private async Task<int> CountErasures() =>
        (await _gateway.Services.GetRequiredService<FileStore>().ListErasures(DateTimeOffset.MaxValue, 10)).Length;

    private Task<HttpResponseMessage> Upload(byte[] bytes, string key)
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", "graph.png" } };
        var request = new HttpRequestMessage(HttpMethod.Post, "/files") { Content = form };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return _user.Client.SendAsync(request);
    }
}
