using System.Diagnostics;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Users;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Running;
using GeminiChat.ServiceDefaults.Files;

namespace GeminiChat.Gateway.Tests.Users;

/// <summary>The ZIP with all data of a user.</summary>
public sealed class AccountExportTests(GatewayFixture gateway) : IAsyncLifetime
{
    private const string Path = "/user/me/export";

    private ApiUser _user = null!;

    public async ValueTask InitializeAsync()
    {
        _user = await gateway.NewUserWithRoom();
        await _user.Room.Store(("Why?", "Old"));
        await _user.Room.StoreRegenerated(1, "New");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_zip_has_the_files_with_their_bytes()
    {
        using var form = new MultipartFormDataContent { { new StringContent("the content"), "file", "notes.txt" } };
        var file = await (await _user.Client.PostAsync("/files", form)).ReadJsonAsync();

        using var zip = new ZipArchive(new MemoryStream(await _user.Client.GetByteArrayAsync("/user/me/export")));

        Assert.Equal("the content", await Text(zip, $"files/{file.Text("id")} notes.txt"));
        Assert.Equal(file.GetRawText(), JsonDocument.Parse(await Text(zip, "files.json")).RootElement[0].GetRawText());
    }

    [Fact]
    public async Task The_export_has_everything_that_the_API_shows_of_a_user()
    {
        using var created = await _user.Send(HttpMethod.Post, $"{_user.RoomPath}/shares", """{"expires_at":"2099-01-01T00:00:00Z"}""");
        var share = await created.ReadJsonAsync();
        using var second = await _user.Client.PostJsonAsync("/chatroom", """{"name":"../\u00FCber: \u6F22 \u202E<x>"}""");

        var answer = await _user.Client.GetAsync(Path);
        Assert.Equal(("application/zip", HttpStatusCode.OK), (answer.Content.Headers.ContentType?.ToString(), answer.StatusCode));
        Assert.Matches("^attachment; filename=geminichat-[0-9-]{10}\\.zip$", answer.Content.Headers.GetValues("Content-Disposition").Single());
        await using var zip = await Open(answer);
        Assert.Equal(
            ["profile.json", "usage.json", "subscription.json", "rooms/0001 ..-\u00FCber- \u6F22 -x-.json", "rooms/0002 Room.json", "shares.json", "files.json"],
            zip.Entries.Select(entry => entry.FullName));
        Assert.Equal(await Text("/user/me"), await Text(zip, "profile.json"));
        Assert.Equal(await Text("/user/usage"), await Text(zip, "usage.json"));
        Assert.Equal(await Text("/payments/subscription/status"), await Text(zip, "subscription.json"));
        Assert.Equal(await Text($"{_user.RoomPath}/export?view=all"), await Text(zip, "rooms/0002 Room.json"));
        Assert.Empty(JsonDocument.Parse(await Text(zip, "rooms/0001 ..-\u00FCber- \u6F22 -x-.json")).RootElement.GetProperty("messages").EnumerateArray());
        var shares = JsonDocument.Parse(await Text(zip, "shares.json")).RootElement;
        Assert.Equal(
            (share.Text("id"), _user.RoomId.ToString(), share.Text("expires_at")),
            (shares[0].Text("id"), shares[0].Text("room_id"), shares[0].Text("expires_at")));
        Assert.DoesNotContain(share.Text("token"), shares.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archived_and_temporary_rooms_are_exported_too()
    {
        using var temporary = await _user.Client.PostJsonAsync("/chatroom", """{"name":"Temporary","temporary":true}""");
        using var archived = await _user.Send(HttpMethod.Patch, _user.RoomPath, """{"archived":true}""");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (temporary.StatusCode, archived.StatusCode));

        await using var zip = await Open(await _user.Client.GetAsync(Path));
        Assert.Equal(["Room.json", "Temporary.json"], zip.Entries.Where(IsRoom).Select(entry => entry.Name[5..]).Order());
    }

    [Fact]
    public async Task The_export_is_a_valid_ZIP_for_another_program()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/unzip"), "Install unzip.");
        await _user.Room.Store([.. Enumerable.Range(0, 20).Select(i => ($"question {i}", Random.Shared.GetHexString(100_000)))]);
        using var folder = new TemporaryFolder();
        var file = System.IO.Path.Combine(folder.Path, "export.zip");
        await File.WriteAllBytesAsync(file, await _user.Client.GetByteArrayAsync(Path));

        using var unzip = Process.Start(new ProcessStartInfo("/usr/bin/unzip", ["-t", file]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await unzip.StandardOutput.ReadToEndAsync();
        await unzip.WaitForExitAsync();
        Assert.True(unzip.ExitCode == 0, output);
    }

    [Fact]
    public async Task The_export_is_written_without_synchronous_IO()
    {
        await _user.Room.Store([.. Enumerable.Range(0, 20).Select(i => ($"question {i}", Random.Shared.GetHexString(100_000)))]);
        await using var output = new AsynchronousStream();
        Assert.True(await AccountExport.WriteAsync(PipeWriter.Create(output), _user.Id, SharedSilo.Current.Grains, new DiskFileStorage(GatewayFixture.FilesFolder.Path), TestContext.Current.CancellationToken));
        await using var zip = new ZipArchive(new MemoryStream(output.ToArray()));
        Assert.Equal(6, zip.Entries.Count);
    }

    [Fact]
    public async Task A_room_that_is_deleted_before_its_turn_is_left_out()
    {
        _user.Room.Calls(nameof(IChatroomGrain.Read)).Before = _ => _user.Room.Delete();
        await using var zip = await Open(await _user.Client.GetAsync(Path));
        Assert.Equal(["profile.json", "usage.json", "subscription.json", "shares.json", "files.json"], zip.Entries.Select(entry => entry.FullName));
    }

    [Fact]
    public async Task An_export_breaks_off_when_a_room_is_deleted_in_the_middle_of_it()
    {
        _user.Room.Calls(nameof(IChatroomGrain.Read)).Before = reads => reads == 2 ? _user.Room.Delete() : Task.CompletedTask;
        await AssertBrokenOff();
    }

    [Fact]
    public async Task An_export_breaks_off_when_a_read_fails_in_the_middle_of_it()
    {
        _user.Room.Calls(nameof(IChatroomGrain.Read)).Before =
            reads => reads == 2 ? throw new InvalidOperationException("broken") : Task.CompletedTask;
        await AssertBrokenOff();
        _user.Room.Calls(nameof(IChatroomGrain.Read)).Before = null;
        Assert.Equal(HttpStatusCode.OK, (await _user.Client.GetAsync(Path)).StatusCode);
    }

    [Fact]
    public async Task An_export_breaks_off_when_the_user_is_deleted_meanwhile()
    {
        var user = await gateway.NewUser().SignUpAndVerify();
        await user.SignInWithRoom();
        user.Room.Calls(nameof(IChatroomGrain.Read)).Before = async _ =>
        {
            using var deleted = await user.Send(HttpMethod.Delete, "/user/me", JsonSerializer.Serialize(new { password = ApiUser.Password }));
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        };
        await AssertBrokenOff(user);
    }

    [Fact]
    public async Task A_user_gets_one_export_at_a_time()
    {
        var reads = _user.Room.Calls(nameof(IChatroomGrain.Read));
        using var go = new SemaphoreSlim(0);
        reads.Before = number => number == 1 ? go.WaitAsync(TestContext.Current.CancellationToken) : Task.CompletedTask;
        var first = _user.Client.GetByteArrayAsync(Path);
        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (reads.Count == 0)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }

        await (await _user.Client.GetAsync(Path)).ReadProblemAsync(HttpStatusCode.TooManyRequests);
        var other = await gateway.NewUserWithRoom();
        Assert.Equal(HttpStatusCode.OK, (await other.Client.GetAsync(Path)).StatusCode);
        go.Release();
        Assert.NotEmpty(await first);
        Assert.Equal(HttpStatusCode.OK, (await _user.Client.GetAsync(Path)).StatusCode);
    }

    [Fact]
    public async Task A_HEAD_request_reads_no_room()
    {
        var reads = _user.Room.Calls(nameof(IChatroomGrain.Read));
        using var answer = await _user.Send(HttpMethod.Head, Path);
        Assert.Equal((HttpStatusCode.OK, "application/zip", 0), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, reads.Count));
    }

    private static bool IsRoom(ZipArchiveEntry entry) => entry.FullName.StartsWith("rooms/", StringComparison.Ordinal);

    private static async Task<ZipArchive> Open(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new ZipArchive(new MemoryStream(await answer.Content.ReadAsByteArrayAsync()));
    }

    private static async Task<string> Text(ZipArchive zip, string name)
    {
        await using var entry = await zip.GetEntry(name)!.OpenAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(entry);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private Task<string> Text(string path) => _user.Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    private Task AssertBrokenOff() => AssertBrokenOff(_user);

    // When the connection is reset, the client may lose even the headers that it was sent.
    private static async Task AssertBrokenOff(ApiUser user)
    {
        var failure = await Assert.ThrowsAnyAsync<HttpRequestException>(() => user.Client.GetByteArrayAsync(Path));
        Assert.Null(failure.StatusCode);
    }

    /// <summary>Refuses synchronous writes, and cannot seek.</summary>
    private sealed class AsynchronousStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();

        public override void WriteByte(byte value) => throw new NotSupportedException();

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            base.Write(buffer.ToArray(), 0, buffer.Length);
            return ValueTask.CompletedTask;
        }
    }
}
