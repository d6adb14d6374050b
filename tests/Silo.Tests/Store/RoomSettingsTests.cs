using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class RoomSettingsOnSqliteTests(SqliteTestDatabase database)
    : RoomSettingsTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class RoomSettingsOnPostgresTests(PostgresTestDatabase database)
    : RoomSettingsTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class RoomSettingsTests(TestDatabase database) : StoreTestsBase(database)
{
    [Fact]
    public async Task Name_and_prompt_are_stored_and_nothing_else_changes()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var before = (await Rooms.Load(room, tail: 10))!;
        var row = Changed(before.Row, version: 9, "Another name", "Be brief.");

        Assert.True(await Rooms.ChangeSettings(room, row, expected: 1));

        var after = (await Rooms.Load(room, tail: 10))!;
        Assert.Equal(row, after.Row);
        Assert.Equal(before.Tail, after.Tail);
        Assert.Equal(after.Row.Summary, Assert.Single(await Users.LoadRooms(room.UserId)));
    }

    [Fact]
    public async Task Pin_and_archive_are_stored_and_the_end_of_a_turn_keeps_them()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var row = (await Rooms.Load(room, tail: 1))!.Row;
        var flagged = Changed(row, version: 9, row.Summary.Name, prompt: null);
        flagged = flagged with { Summary = flagged.Summary with { IsPinned = true, IsArchived = true } };

        Assert.True(await Rooms.ChangeSettings(room, flagged, expected: 1));
        Assert.Equal(flagged, (await Rooms.Load(room, tail: 1))!.Row);
        Assert.Equal(flagged.Summary, Assert.Single(await Users.LoadRooms(room.UserId)));

        Assert.True(await Finish(room, version: 10, title: null));
        Assert.True((await Rooms.Load(room, tail: 1))!.Row.Summary is { IsPinned: true, IsArchived: true, IsTemporary: false });
        Assert.True(await Rooms.ChangeSettings(room, Changed(row, version: 11, "A room", prompt: null), expected: 9));
        Assert.True((await Rooms.Load(room, tail: 1))!.Row.Summary is { IsPinned: false, IsArchived: false });
    }

    [Fact]
    public async Task Of_two_changes_of_the_same_version_one_succeeds()
    {
        var room = await Rooms.CreateRoomWithTurns(0);
        var row = (await Rooms.Load(room, tail: 1))!.Row;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => Rooms.ChangeSettings(room, Changed(row, version: 5 + i, $"{i}", prompt: null), expected: 1)));

        var winner = Assert.Single(outcomes.Index(), outcome => outcome.Item).Index;
        Assert.Equal($"{winner}", (await Rooms.Load(room, tail: 1))!.Row.Summary.Name);
    }

    [Fact]
    public async Task Changes_of_another_user_or_an_older_version_are_not_stored()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var row = (await Rooms.Load(room, tail: 1))!.Row;
        var theirs = SampleData.Key() with { RoomId = room.RoomId };

        Assert.False(await Rooms.ChangeSettings(theirs, Changed(row, version: 9, "Wrong", prompt: null), expected: 1));
        Assert.False(await Rooms.ChangeSettings(room, Changed(row, row.Summary.Version, "Wrong", prompt: null), expected: 1));

        Assert.Equal(row, (await Rooms.Load(room, tail: 1))!.Row);
    }

    [Fact]
    public async Task Turns_that_know_an_old_name_keep_the_new_name_and_the_version_never_decreases()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var row = (await Rooms.Load(room, tail: 1))!.Row;
        await Rooms.ChangeSettings(room, Changed(row, version: 9, "New", prompt: null), expected: 1);

        Assert.True(await Rooms.Stores(SampleData.Accept(room, 3)));
        Assert.True(await Finish(room, version: 5, title: null));

        var summary = (await Rooms.Load(room, tail: 1))!.Row.Summary;
        Assert.Equal(("New", 9, 9), (summary.Name, summary.Version, summary.SettingsVersion));
    }

    [Fact]
    public async Task A_title_names_a_room_that_has_no_name()
    {
        var room = SampleData.Key();
        await Rooms.Create(room, SampleData.Row(room) with { IsNamed = false });
        await Rooms.Stores(SampleData.Accept(room, 1));

        Assert.True(await Finish(room, version: 5, "A title"));

        var row = (await Rooms.Load(room, tail: 1))!.Row;
        Assert.Equal(("A title", 5, 5, true), (row.Summary.Name, row.Summary.Version, row.Summary.SettingsVersion, row.IsNamed));
    }

    [Fact]
    public async Task A_title_does_not_replace_a_name()
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        Assert.True(await Finish(room, version: 5, "A title"));

        var row = (await Rooms.Load(room, tail: 1))!.Row;
        Assert.Equal(("A room", 5, 1, true), (row.Summary.Name, row.Summary.Version, row.Summary.SettingsVersion, row.IsNamed));
    }

    [Fact]
    public async Task A_reply_that_had_already_ended_sets_no_title()
    {
        var room = SampleData.Key();
        await Rooms.Create(room, SampleData.Row(room) with { IsNamed = false });
        await Rooms.Stores(SampleData.Accept(room, 1));
        await Finish(room, version: 5, title: null);

        Assert.False(await Finish(room, version: 6, "A title"));

        Assert.False((await Rooms.Load(room, tail: 1))!.Row.IsNamed);
    }

    private static RoomRow Changed(RoomRow row, long version, string name, string? prompt) => row with
    {
        Summary = row.Summary with { Name = name, Version = version, SettingsVersion = version },
        SystemPrompt = prompt,
    };

    private Task<bool> Finish(RoomKey room, long version, string? title) => Rooms.Finish(
        new ReplyFence(room, 2, 1),
        SampleData.Turn(1).Reply with { Content = "Yes", Status = MessageStatus.Completed },
        SampleData.Summary(room, version),
        title: title);
}
