using System.Security.Cryptography;
using GeminiChat.ServiceDefaults.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Files;

public sealed class DiskFileStorageTests : FileStorageTests, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_is_left_of_a_draft_or_of_a_deleted_file()
    {
        var (storage, key) = (await Open(), NewKey());
        await using (var draft = storage.CreateDraft(key))
        {
            await draft.Content.WriteAsync(new byte[10], TestContext.Current.CancellationToken);
        }

        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
        await Store(storage, key, [1]);
        await storage.Delete(key, TestContext.Current.CancellationToken);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_draft_whose_folder_was_deleted_meanwhile_does_no_harm()
    {
        var (storage, key) = (await Open(), NewKey());
        await using var draft = storage.CreateDraft(key);

        await storage.Delete(key, TestContext.Current.CancellationToken);

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task The_draft_of_a_killed_process_is_deleted_with_the_file()
    {
        var (storage, key) = (await Open(), NewKey());
        Directory.CreateDirectory(Path.Combine(_folder.Path, $"{key.UserId}"));
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, $"{key}.part"), "half", TestContext.Current.CancellationToken);

        Assert.Null(await storage.OpenRead(key, 4, TestContext.Current.CancellationToken));
        await storage.Delete(key, TestContext.Current.CancellationToken);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("data/files")]
    [InlineData("file://host/folder")]
    [InlineData("file:///")]
    [InlineData("s3://")]
    [InlineData("http://host/folder")]
    public void A_wrong_address_is_refused(string url) => Assert.Throws<OptionsValidationException>(() => FileStorageAddress.From(Settings(url)));

    [Fact]
    public void An_address_names_a_folder_or_a_bucket()
    {
        Assert.Equal(new FileStorageAddress.Disk("/var/files"), FileStorageAddress.From(Settings("file:///var/files")));
        Assert.Equal(new FileStorageAddress.S3("bucket", "a/b/", null, null), FileStorageAddress.From(Settings("s3://bucket/a/b/")));
        Assert.EndsWith("data/files", Assert.IsType<FileStorageAddress.Disk>(FileStorageAddress.From(Settings(""))).Folder, StringComparison.Ordinal);
    }

    private protected override Task<IFileStorage> Open() => Task.FromResult<IFileStorage>(new DiskFileStorage(_folder.Path));

    private static IConfiguration Settings(string url) => new ConfigurationBuilder().AddInMemoryCollection([new("FILES_URL", url)]).Build();
}

/// <summary>Any server with the interface of Amazon S3; here npm's s3rver.</summary>
public sealed class S3FileStorageTests : FileStorageTests
{
    private protected override async Task<IFileStorage> Open() => new S3FileStorage(await S3Server.Bucket, S3Server.Credentials);
}

public abstract class FileStorageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(6_000_000)]
    public async Task What_is_published_is_read_byte_for_byte(int length)
    {
        var (storage, key, bytes) = (await Open(), NewKey(), RandomNumberGenerator.GetBytes(length));
        Assert.Equal(length, await Store(storage, key, bytes));

        await using var content = (await storage.OpenRead(key, length, TestContext.Current.CancellationToken))!;
        Assert.Equal(SHA256.HashData(bytes), await SHA256.HashDataAsync(content, TestContext.Current.CancellationToken));
        content.Position = length / 2;
        var rest = new MemoryStream();
        await content.CopyToAsync(rest, TestContext.Current.CancellationToken);
        Assert.Equal(bytes[(length / 2)..], rest.ToArray());
        content.Seek(-1, SeekOrigin.End);
        Assert.Equal(bytes[^1..], (await ReadAll(content)).ToArray());
    }

    [Fact]
    public async Task A_deletion_can_be_repeated()
    {
        var (storage, key) = (await Open(), NewKey());
        await Store(storage, key, [1, 2, 3]);

        await storage.Delete(key, TestContext.Current.CancellationToken);
        await storage.Delete(key, TestContext.Current.CancellationToken);
        Assert.Null(await storage.OpenRead(key, 3, TestContext.Current.CancellationToken));
    }

    private protected abstract Task<IFileStorage> Open();

    private protected static FileKey NewKey() => new(Guid.CreateVersion7(), Guid.CreateVersion7());

    private protected static async Task<long> Store(IFileStorage storage, FileKey key, byte[] bytes)
    {
        await using var draft = storage.CreateDraft(key);
        await draft.Content.WriteAsync(bytes, TestContext.Current.CancellationToken);
        await draft.Content.FlushAsync(TestContext.Current.CancellationToken);
        await storage.Publish(key, draft, "image/png", TestContext.Current.CancellationToken);
        return draft.Content.Length;
    }

    private static async Task<MemoryStream> ReadAll(Stream content)
    {
        var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes;
    }
}
