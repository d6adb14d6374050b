using System.Security.Cryptography;
using System.Text;
using GeminiChat.Fakes;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Users;
using GeminiChat.ServiceDefaults.Files;
using GeminiChat.Silo.Gemini;
using GeminiChat.Silo.Maintenance;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Tests.Store;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>How the files of messages get to Gemini.</summary>
public sealed class GeminiFilesTests : IAsyncLifetime
{
    private static readonly Guid User = Guid.CreateVersion7();

    private readonly SqliteTestDatabase _database = new();
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private FakeGemini _gemini = null!;
    private string _state = "ACTIVE";
    private StoreHost _host = null!;
    private GeminiFiles _files = null!;
    private GeminiChatClient _client = null!;

    private FileStore Store => _host.Service<FileStore>();

    private DiskFileStorage Storage => new(_folder.Path);

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _host = await StoreHost.Start(_database.Url);
        _gemini = await FakeGemini.Start(new FakeGeminiOptions { FileState = (_, _) => _state });
        var options = Options.Create(new GeminiOptions { ApiKey = FakeGemini.Key, BaseUrl = _gemini.BaseUrl });
        _files = new GeminiFiles(options, Store, Storage, _time);
        _client = new GeminiChatClient(
            GeminiHosting.CreateHttpClient(_gemini.BaseUrl), options, TimeProvider.System, NullLogger<GeminiChatClient>.Instance, _files);
        await _host.Users.Save(new UserProfile(User, "Ada", "+14155550100", SampleData.Noon));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _files.Dispose();
        await _gemini.DisposeAsync();
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Thirty_pictures_are_uploaded_once_however_many_turns_there_are()
    {
        var pictures = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => NewFile("image/png", Encoding.UTF8.GetBytes($"picture {i}"))));
        for (var turn = 1; turn <= 3; turn++)
        {
            Assert.Equal("ok", (await Ask(pictures)).Text);
        }

        Assert.Equal(30, _gemini.Files.All.Count);
        Assert.Equal(pictures.Sum(picture => picture.Size), _gemini.Files.BytesReceived);
        Assert.Equal(
            pictures.Select((_, i) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"picture {i}")))).Order(),
            _gemini.Files.All.Select(file => file.Sha256).Order());
        var last = _gemini.Calls.Requests[^1].Turns[^1].Parts;
        Assert.Equal(31, last.Count);
        Assert.All(last.Take(30), part => Assert.Equal("image/png", part.MimeType));
        Assert.Equal("look", last[^1].Text);
    }

    [Fact]
    public async Task After_48_hours_a_file_is_uploaded_again_unasked()
    {
        var picture = await NewFile("image/png", "picture"u8.ToArray());
        Assert.Equal("ok", (await Ask(picture)).Text);
        _gemini.Files.MoveClock(TimeSpan.FromHours(47.9));
        _time.Advance(TimeSpan.FromHours(47.9));
        Assert.Equal("ok", (await Ask(picture)).Text);
        Assert.Equal(2, _gemini.Files.All.Count);
        Assert.Equal(2, _gemini.Calls.Requests.Count(request => request.Method == "streamGenerateContent"));
    }

    [Fact]
    public async Task A_file_that_gemini_does_not_know_any_more_is_uploaded_once_more()
    {
        var (first, second) = (await NewFile("image/png", "one"u8.ToArray()), await NewFile("image/png", "two"u8.ToArray()));
        Assert.Equal("ok", (await Ask(first, second)).Text);
        _gemini.Files.Delete(_gemini.Files.All.Single(file => file.Sha256 == Convert.ToHexStringLower(SHA256.HashData("one"u8))).Name);

        Assert.Equal("ok", (await Ask(first, second)).Text);
        Assert.Equal(3, _gemini.Files.All.Count);
        Assert.Equal(2, _gemini.Files.Current.Count);
    }

    [Fact]
    public async Task A_small_text_becomes_part_of_the_prompt_and_a_large_one_does_not()
    {
        var small = await NewFile(UserFile.PlainText, "the content"u8.ToArray());
        var large = await NewFile(UserFile.PlainText, Encoding.ASCII.GetBytes(new string('a', 300_000)));
        Assert.Equal("ok", (await Ask(small, large)).Text);

        var parts = _gemini.Calls.Requests[^1].Turns[^1].Parts;
        Assert.Equal("File name:\n\nthe content\n\n", parts[0].Text);
        Assert.Equal("text/plain", parts[1].MimeType);
        Assert.Single(_gemini.Files.All);
    }

    [Fact]
    public async Task Geminis_copy_is_deleted_with_the_file()
    {
        var picture = await NewFile("image/png", "picture"u8.ToArray());
        await Ask(picture);
        var handle = (await Store.FindHandles(User, [picture.Id]))[picture.Id];

        await _files.DeleteCopy(handle.Name, "another project", TestContext.Current.CancellationToken);
        Assert.Single(_gemini.Files.Current);
        await _files.DeleteCopy(handle.Name, handle.Project, TestContext.Current.CancellationToken);
        await _files.DeleteCopy(handle.Name, handle.Project, TestContext.Current.CancellationToken);
        Assert.Empty(_gemini.Files.Current);
    }

    [Fact]
    public async Task What_no_message_has_for_a_day_goes_here_and_at_gemini()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var erasure = new FileErasure(Store, Storage, _files, _time, NullLogger<FileErasure>.Instance);
        var broken = new FileKey(User, Guid.CreateVersion7());
        await Store.BeginUpload(User, broken.FileId, _time.GetUtcNow() + TimeSpan.FromHours(24));
        Directory.CreateDirectory(Path.Combine(_folder.Path, $"{User}"));
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, $"{broken}.part"), "half", cancellation);
        var picture = await NewFile("image/png", "picture"u8.ToArray(), _time.GetUtcNow());
        await Ask(picture);

        _time.Advance(TimeSpan.FromHours(23));
        await Pass();
        Assert.Equal(2, Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Count());
        Assert.Single(_gemini.Files.Current);

        _time.Advance(TimeSpan.FromHours(2));
        await Pass();
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
        Assert.Empty(_gemini.Files.Current);
        Assert.Empty(await Store.Find(User, [picture.Id]));
        Assert.Empty(await Store.ListErasures(DateTimeOffset.MaxValue, 10));

        async Task Pass()
        {
            await erasure.DeleteUnused(cancellation);
            await erasure.EraseDeleted(cancellation);
        }
    }

    [Fact]
    public async Task A_file_without_bytes_fails_the_request()
    {
        var picture = await NewFile("image/png", "picture"u8.ToArray());
        await Storage.Delete(new FileKey(User, picture.Id), TestContext.Current.CancellationToken);
        Assert.Equal(ModelFault.Rejected, (await Ask(picture)).Fault);
    }

    [Fact]
    public async Task A_copy_that_gemini_does_not_delete_delays_no_other_erasure()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var erasure = new FileErasure(Store, Storage, _files, _time, NullLogger<FileErasure>.Instance);
        var (stuck, other) = (await NewFile("image/png", "picture"u8.ToArray()), await NewFile("image/png", "other"u8.ToArray()));
        await Ask(stuck);
        await Store.Delete(User, stuck.Id);
        await Store.Delete(User, other.Id);
        _gemini.ReplyToOthersWith(request => request.Method is "files.delete" ? Script.Silence() : null);

        var pass = erasure.EraseDeleted(cancellation);
        await _gemini.Calls.WaitForOthers("files.delete");
        _time.Advance(TimeSpan.FromSeconds(30));
        await pass;

        Assert.Empty(await Store.ListErasures(_time.GetUtcNow(), 10));
        Assert.Equal(stuck.Id, Assert.Single(await Store.ListErasures(_time.GetUtcNow().AddMinutes(10), 10)).FileId);
        _time.Advance(TimeSpan.FromHours(49));
        await erasure.EraseDeleted(cancellation);
        Assert.Empty(await Store.ListErasures(DateTimeOffset.MaxValue, 10));
    }

    [Fact]
    public async Task Turns_at_the_same_time_share_an_upload()
    {
        var picture = await NewFile("image/png", "picture"u8.ToArray());
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Ask(picture)));

        Assert.All(answers, answer => Assert.Equal("ok", answer.Text));
        Assert.Single(_gemini.Files.All);
    }

    [Fact]
    public async Task A_video_that_takes_long_is_not_uploaded_again()
    {
        var video = await NewFile("video/mp4", "video"u8.ToArray());
        _state = "PROCESSING";
        var asking = Ask(video);
        await _gemini.Calls.WaitForOthers("files.get");
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(ModelFault.Timeout, (await asking).Fault);
        Assert.Single(await Store.FindHandles(User, [video.Id]));

        _state = "ACTIVE";
        var answer = await Ask(video);
        while (answer.Fault is ModelFault.Timeout)
        {
            // The upload of the first turn is about to end.
            answer = await Ask(video);
        }

        Assert.Equal("ok", answer.Text);
        Assert.Single(_gemini.Files.All);
    }

    [Fact]
    public async Task A_video_that_gemini_cannot_process_leaves_no_copy()
    {
        var video = await NewFile("video/mp4", "video"u8.ToArray());
        _state = "FAILED";

        Assert.Equal(ModelFault.Rejected, (await Ask(video)).Fault);
        Assert.Empty(_gemini.Files.Current);
        Assert.Empty(await Store.FindHandles(User, [video.Id]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_turn_does_not_wait_for_an_answer_about_an_unknown_file_without_end(bool isSilent)
    {
        var picture = await NewFile("image/png", "picture"u8.ToArray());
        await Ask(picture);
        _gemini.Files.Delete(_gemini.Files.All.Single().Name);
        _gemini.ReplyToOthersWith(request => request.Method is not "files.get" ? null : isSilent ? Script.Silence() : Script.Reset());

        var asking = Ask(picture);
        await _gemini.Calls.WaitForOthers("files.get");
        _time.Advance(TimeSpan.FromSeconds(isSilent ? 30 : 0));

        Assert.Equal(isSilent ? ModelFault.Timeout : ModelFault.Unavailable, (await asking).Fault);
    }

    [Fact]
    public async Task Vertex_gets_the_newest_files_up_to_20_MB()
    {
        var (first, second) = (await NewFile("image/png", new byte[12_000_000]), await NewFile("image/png", new byte[12_000_000]));
        var options = Options.Create(new GeminiOptions { VertexProject = "a-project" });
        using var vertex = new GeminiFiles(options, Store, Storage, _time);

        var sent = await vertex.Prepare([ToMessage(first), ToMessage(second)], TestContext.Current.CancellationToken);

        Assert.Equal(["[name: not sent again]look", "look"], sent.Select(message => message.Text));
        Assert.Equal(12_000_000, Assert.Single(sent.SelectMany(message => message.Contents.OfType<DataContent>())).Data.Length);
    }

    private Task<StreamResult> Ask(params Attachment[] files) => StreamResult.ReadAll(
        _client.GetStreamingResponseAsync([ToMessage(files)], cancellationToken: TestContext.Current.CancellationToken));

    private static ChatMessage ToMessage(params Attachment[] files) => FileContent.ToMessage(
        new RoomMessage(1, Sender.User, "look", SampleData.Noon, MessageStatus.Completed, Attachments: [.. files]), User);

    private async Task<Attachment> NewFile(string type, byte[] bytes, DateTimeOffset? createdAt = null)
    {
        var file = new UserFile(Guid.CreateVersion7(), "name", type, bytes.Length, "hash", createdAt ?? SampleData.Noon);
        await Store.BeginUpload(User, file.Id, file.CreatedAt.AddHours(1));
        await using var draft = Storage.CreateDraft(new FileKey(User, file.Id));
        await draft.Content.WriteAsync(bytes, TestContext.Current.CancellationToken);
        await Storage.Publish(new FileKey(User, file.Id), draft, type, TestContext.Current.CancellationToken);
        Assert.IsType<AddFileOutcome.Added>(await Store.Add(User, file, null, new TierOptions()));
        return new Attachment(file.Id, file.Name, type, file.Size);
    }
}
