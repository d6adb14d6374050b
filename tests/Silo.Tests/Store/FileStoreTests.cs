using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Gemini;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Tests.Store;

public sealed class FileStoreOnSqliteTests(SqliteTestDatabase database)
    : FileStoreTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class FileStoreOnPostgresTests(PostgresTestDatabase database)
    : FileStoreTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class FileStoreTests(TestDatabase database) : StoreTestsBase(database)
{
    private static readonly DateTimeOffset Noon = SampleData.Noon;

    private static readonly TierOptions Limits = new() { BasicStorageMegabytes = 1, ProStorageMegabytes = 2 };

    private FileStore Files => Host.Service<FileStore>();

    [Fact]
    public async Task An_added_file_is_found_and_listed()
    {
        var user = await NewUser();
        var (first, second) = (await Add(user), await Add(user));

        Assert.Equal([first], await Files.Find(user, [first.Id, Guid.CreateVersion7()]));
        Assert.Equal([first, second], await Files.List(user, Guid.Empty, 10));
        Assert.Equal([second], await Files.List(user, first.Id, 10));
        Assert.Empty(await Files.Find(await NewUser(), [first.Id]));
    }

    [Fact]
    public async Task Bytes_without_a_row_are_erased_when_their_time_has_come()
    {
        var (user, file) = (await NewUser(), Guid.CreateVersion7());
        await Files.BeginUpload(user, file, Noon.AddDays(1));
        await Files.BeginUpload(user, file, Noon.AddDays(1));

        Assert.DoesNotContain(file, await Erasures(Noon));
        Assert.Contains(file, await Erasures(Noon.AddDays(1)));
    }

    [Fact]
    public async Task The_bytes_of_an_added_file_are_not_erased()
    {
        var user = await NewUser();
        var file = await Add(user);

        Assert.DoesNotContain(file.Id, await Erasures(Noon.AddDays(2)));
        await Files.BeginUpload(user, file.Id, Noon);
        Assert.DoesNotContain(file.Id, await Erasures(Noon.AddDays(2)));
        Assert.Equal(new AddFileOutcome.Added(file), await Files.Add(user, file, null, Limits));
    }

    [Fact]
    public async Task A_file_is_only_added_while_its_bytes_are_recorded()
    {
        var (user, late, canceled) = (await NewUser(), NewFile(), NewFile());
        await Files.BeginUpload(user, late.Id, Noon);
        await Files.BeginUpload(user, canceled.Id, Noon.AddHours(1));
        await Files.CancelUpload(user, canceled.Id, Noon);
        var deleted = await Add(user);
        await Files.Delete(user, deleted.Id);

        foreach (var file in new[] { NewFile(), late, canceled, deleted })
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Files.Add(user, file, null, Limits));
        }

        Assert.DoesNotContain(canceled.Id, await Erasures(Noon.AddDays(1)));
        await Files.CancelUpload(user, deleted.Id, Noon);
        Assert.Contains(deleted.Id, await Erasures(Noon));
    }

    [Fact]
    public async Task A_repeat_with_the_key_needs_no_space()
    {
        var user = await NewUser();
        await Add(user, size: 1_000_000, key: "key");

        Assert.Equal(0, await Files.MeasureFreeSpace(user, "other", Limits, Noon));
        Assert.Equal(long.MaxValue, await Files.MeasureFreeSpace(user, "key", Limits, Noon));
    }

    [Fact]
    public async Task A_postponed_erasure_lets_others_go_first()
    {
        var user = await NewUser();
        var file = await Add(user);
        await Files.Delete(user, file.Id);

        await Files.PostponeErasure(Assert.Single(await Files.ListErasures(Noon, 1000), one => one.FileId == file.Id), Noon.AddMinutes(10));

        Assert.DoesNotContain(file.Id, await Erasures(Noon));
        Assert.Contains(file.Id, await Erasures(Noon.AddMinutes(10)));
    }

    [Fact]
    public async Task A_copy_that_has_ended_at_google_is_not_erased_there()
    {
        var user = await NewUser();
        var file = await Add(user);
        await Files.SetHandle(user, file.Id, new GeminiFileHandle("files/abc", "uri", "project", Noon.AddHours(48)));
        await Files.Delete(user, file.Id);

        Assert.Equal("files/abc", Assert.Single(await Files.ListErasures(Noon, 1000), one => one.FileId == file.Id).GeminiName);
        Assert.Null(Assert.Single(await Files.ListErasures(Noon.AddHours(48), 1000), one => one.FileId == file.Id).GeminiName);
    }

    [Fact]
    public async Task A_repeat_with_the_key_gets_the_first_file()
    {
        var user = await NewUser();
        var first = await Add(user, key: "key");
        var repeat = first with { Id = Guid.CreateVersion7() };
        await Files.BeginUpload(user, repeat.Id, Noon.AddDays(1));

        Assert.Equal(new AddFileOutcome.Added(first), await Files.Add(user, repeat, "key", Limits));
        Assert.IsType<AddFileOutcome.KeyReused>(await Files.Add(user, repeat with { Sha256 = "other" }, "key", Limits));
        Assert.Contains(repeat.Id, await Erasures(Noon.AddDays(1)));
        Assert.NotEqual(first.Id, (await Add(await NewUser(), key: "key")).Id);
    }

    [Fact]
    public async Task The_files_of_a_user_have_a_limit_by_tier()
    {
        var user = await NewUser();
        await Add(user, size: 600_000);
        var large = NewFile(400_001);
        await Files.BeginUpload(user, large.Id, Noon.AddDays(1));

        Assert.Equal(400_000, await Files.MeasureFreeSpace(user, null, Limits, Noon));
        Assert.IsType<AddFileOutcome.StorageFull>(await Files.Add(user, large, null, Limits));
        await Users.SetTier(user, new TierGrant(Tier.Pro, ValidUntil: null, Version: 1));
        Assert.Equal(1_400_000, await Files.MeasureFreeSpace(user, null, Limits, Noon));
        Assert.IsType<AddFileOutcome.Added>(await Files.Add(user, large, null, Limits));
    }

    [Fact]
    public async Task Parallel_uploads_cannot_exceed_the_limit()
    {
        var user = await NewUser();
        var files = Enumerable.Range(0, 8).Select(_ => NewFile(300_000)).ToList();
        await Task.WhenAll(files.Select(file => Files.BeginUpload(user, file.Id, Noon.AddDays(1))));

        var outcomes = await Task.WhenAll(files.Select(file => Files.Add(user, file, null, Limits)));

        Assert.Equal(3, outcomes.Count(outcome => outcome is AddFileOutcome.Added));
        Assert.Equal(100_000, await Files.MeasureFreeSpace(user, null, Limits, Noon));
    }

    [Fact]
    public async Task A_deleted_file_is_gone_and_its_bytes_are_erased()
    {
        var user = await NewUser();
        var file = await Add(user);

        Assert.Equal(DeleteFileOutcome.Absent, await Files.Delete(await NewUser(), file.Id));
        Assert.Equal(DeleteFileOutcome.Deleted, await Files.Delete(user, file.Id));
        Assert.Equal(DeleteFileOutcome.Absent, await Files.Delete(user, file.Id));
        Assert.Empty(await Files.Find(user, [file.Id]));
        var erasure = Assert.Single(await Files.ListErasures(Noon, 1000), one => one.FileId == file.Id);
        await Files.CompleteErasure(erasure);
        Assert.DoesNotContain(file.Id, await Erasures(Noon));
    }

    [Fact]
    public async Task Files_that_no_message_has_are_listed_after_their_time()
    {
        var user = await NewUser();
        var file = await Add(user);

        Assert.DoesNotContain((user, file.Id), await Files.ListUnused(Noon, 1000));
        Assert.Contains((user, file.Id), await Files.ListUnused(Noon.AddMilliseconds(1), 1000));
    }

    [Fact]
    public async Task The_files_of_a_deleted_user_are_erased()
    {
        var user = await NewUser();
        var file = await Add(user);
        await Users.Delete(user, Noon);

        var late = NewFile();
        await Files.BeginUpload(user, late.Id, Noon.AddDays(1));
        Assert.IsType<AddFileOutcome.UserAbsent>(await Files.Add(user, late, null, Limits));
        Assert.True(await Users.Erase(user));
        Assert.Contains(file.Id, await Erasures(Noon));
        Assert.Empty(await Files.List(user, Guid.Empty, 10));
    }

    private static UserFile NewFile(long size = 1000) =>
        new(Guid.CreateVersion7(), "file.txt", UserFile.PlainText, size, "hash", Noon);

    private async Task<Guid> NewUser()
    {
        var user = Guid.CreateVersion7();
        Assert.True(await Users.Save(new UserProfile(user, "Ada", "+14155550100", Noon)));
        return user;
    }

    private async Task<UserFile> Add(Guid user, long size = 1000, string? key = null)
    {
        var file = NewFile(size);
        await Files.BeginUpload(user, file.Id, Noon.AddDays(1));
        Assert.Equal(new AddFileOutcome.Added(file), await Files.Add(user, file, key, Limits));
        return file;
    }

    private async Task<IEnumerable<Guid>> Erasures(DateTimeOffset now) => (await Files.ListErasures(now, 1000)).Select(erasure => erasure.FileId);
}
