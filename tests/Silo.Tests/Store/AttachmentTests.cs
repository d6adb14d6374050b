using Dapper;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Gemini;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Tests.Store;

public sealed class AttachmentsOnSqliteTests(SqliteTestDatabase database)
    : AttachmentTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class AttachmentsOnPostgresTests(PostgresTestDatabase database)
    : AttachmentTests(database), IClassFixture<PostgresTestDatabase>;

/// <summary>Files that messages have.</summary>
public abstract class AttachmentTests(TestDatabase database) : StoreTestsBase(database)
{
    private static readonly DateTimeOffset Noon = SampleData.Noon;

    private FileStore Files => Host.Service<FileStore>();

    [Fact]
    public async Task A_message_is_stored_with_its_files()
    {
        var (room, file) = await NewRoomAndFile();
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 1, With(SampleData.Turn(1), file))));

        var stored = await Rooms.ReadMessage(room, 1);
        Assert.Equal([ToAttachment(file)], stored!.Attachments);
        Assert.Equal(DeleteFileOutcome.InUse, await Files.Delete(room.UserId, file.Id));
        Assert.DoesNotContain((room.UserId, file.Id), await Files.ListUnused(Noon.AddDays(2), 1000));
    }

    [Fact]
    public async Task A_message_with_a_file_that_the_user_does_not_have_is_not_accepted()
    {
        var (room, file) = await NewRoomAndFile();
        var (_, other) = await NewRoomAndFile();
        var acceptance = SampleData.Accept(room, 1, With(SampleData.Turn(1), file), With(SampleData.Turn(3), other));

        Assert.IsType<AcceptanceOutcome.FileAbsent>(await Rooms.Accept(acceptance));
        Assert.Null(await Rooms.ReadMessage(room, 1));
        Assert.True(await Rooms.Stores(acceptance.First(1)));
    }

    [Fact]
    public async Task A_deletion_and_a_message_exclude_each_other()
    {
        for (var i = 0; i < 20; i++)
        {
            var (room, file) = await NewRoomAndFile();
            var accepting = Rooms.Accept(SampleData.Accept(room, 1, With(SampleData.Turn(1), file)));
            var deleted = await Files.Delete(room.UserId, file.Id);

            Assert.Equal(deleted is DeleteFileOutcome.InUse, await accepting is AcceptanceOutcome.Accepted);
        }
    }

    [Fact]
    public async Task A_file_goes_with_the_last_of_its_rooms()
    {
        var (room, file) = await NewRoomAndFile();
        await Files.SetHandle(room.UserId, file.Id, new GeminiFileHandle("files/abc", "uri", "project", Noon.AddDays(2)));
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 1, With(SampleData.Turn(1), file))));
        var fork = SampleData.Key(room.UserId);
        Assert.True(await Rooms.Create(fork, SampleData.Row(fork) with { NextId = 3 }, new RoomCopy(room.RoomId, [new(1, 2)], "fork")));
        Assert.Equal([ToAttachment(file)], (await Rooms.ReadMessage(fork, 1))!.Attachments);

        await Rooms.Delete(room, Noon);
        Assert.Equal([file], await Files.Find(room.UserId, [file.Id]));
        await Rooms.Delete(fork, Noon);
        Assert.Empty(await Files.Find(room.UserId, [file.Id]));
        var erasure = Assert.Single(await Files.ListErasures(Noon, 1000), one => one.FileId == file.Id);
        Assert.Equal(("files/abc", "project"), (erasure.GeminiName, erasure.GeminiProject));
    }

    [Fact]
    public async Task The_deletion_of_a_room_keeps_files_that_no_message_has_yet()
    {
        var (room, file) = await NewRoomAndFile();
        await Rooms.Delete(room, Noon);
        Assert.Equal([file], await Files.Find(room.UserId, [file.Id]));
    }

    [Fact]
    public async Task A_file_that_a_process_of_the_previous_version_has_left_is_found()
    {
        var (room, file) = await NewRoomAndFile();
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 1, With(SampleData.Turn(1), file))));
        Assert.DoesNotContain((room.UserId, file.Id, true), await Files.ListAll(Guid.Empty, 1000));

        await using (var connection = await Database.Open())
        {
            await connection.ExecuteAsync("delete from rooms where room_id = @id", new { id = room.RoomId });
        }

        Assert.Contains((room.UserId, file.Id, true), await Files.ListAll(Guid.Empty, 1000));
        Assert.Equal(DeleteFileOutcome.Deleted, await Files.Delete(room.UserId, file.Id));
    }

    [Fact]
    public async Task The_handle_of_a_file_is_kept_until_it_is_forgotten()
    {
        var (room, file) = await NewRoomAndFile();
        var handle = new GeminiFileHandle("files/abc", "uri", "project", Noon.AddDays(2));
        Assert.Empty(await Files.FindHandles(room.UserId, [file.Id]));

        Assert.True(await Files.SetHandle(room.UserId, file.Id, handle));
        Assert.Equal(handle, (await Files.FindHandles(room.UserId, [file.Id]))[file.Id]);
        Assert.False(await Files.SetHandle(room.UserId, file.Id, handle with { Name = "files/def" }));
        Assert.True(await Files.SetHandle(room.UserId, file.Id, handle with { Uri = null }, handle.Name));
        Assert.Null((await Files.FindHandles(room.UserId, [file.Id]))[file.Id].Uri);
        Assert.True(await Files.SetHandle(room.UserId, file.Id, null, handle.Name));
        Assert.Empty(await Files.FindHandles(room.UserId, [file.Id]));
        await Files.Delete(room.UserId, file.Id);
        Assert.False(await Files.SetHandle(room.UserId, file.Id, handle));
    }

    private static AcceptedTurn With(AcceptedTurn turn, UserFile file) =>
        turn with { Message = turn.Message with { Attachments = [ToAttachment(file)] } };

    private static Attachment ToAttachment(UserFile file) => new(file.Id, file.Name, file.MediaType, file.Size);

    private async Task<(RoomKey Room, UserFile File)> NewRoomAndFile()
    {
        var room = SampleData.Key();
        Assert.True(await Users.Save(new UserProfile(room.UserId, "Ada", "+14155550100", Noon)));
        await Rooms.CreateRoomWithTurns(0, room);
        var file = new UserFile(Guid.CreateVersion7(), "a.png", "image/png", 10, "hash", Noon);
        await Files.BeginUpload(room.UserId, file.Id, Noon.AddDays(1));
        Assert.IsType<AddFileOutcome.Added>(await Files.Add(room.UserId, file, null, new TierOptions()));
        return (room, file);
    }
}
