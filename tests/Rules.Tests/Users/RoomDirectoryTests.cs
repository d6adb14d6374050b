using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Rules.Tests.Users;

public sealed class RoomDirectoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly RoomDirectory _rooms;

    public RoomDirectoryTests() => _rooms = new RoomDirectory(_time);

    [Fact]
    public void The_list_has_the_newest_activity_first_and_is_the_same_until_something_changes()
    {
        _rooms.Merge([Room(1, minute: 5), Room(2, minute: 9), Room(4, minute: 7), Room(3, minute: 7)]);
        var list = _rooms.List();
        Assert.Equal([Id(2), Id(4), Id(3), Id(1)], list.Rooms.Select(room => room.Id));

        _rooms.Merge([Room(1, minute: 5)]);
        Assert.Same(list, _rooms.List());
        Assert.False(_rooms.IsChange(Room(1, minute: 5)));
        Assert.True(_rooms.IsChange(Room(1, minute: 10, version: 2)));

        _rooms.Merge([Room(1, minute: 10, version: 2)]);
        Assert.Equal(Id(1), _rooms.List().Rooms[0].Id);
        Assert.Equal(4, _rooms.Ids().Length);
    }

    [Fact]
    public void Pinned_rooms_come_first_and_a_newer_activity_does_not_unpin()
    {
        _rooms.Merge([Room(1, minute: 5) with { IsPinned = true }, Room(2, minute: 9), Room(3, minute: 7) with { IsPinned = true }]);
        Assert.Equal([Id(3), Id(1), Id(2)], _rooms.List().Rooms.Select(room => room.Id));

        // The commit of a turn that began before the room was pinned.
        _rooms.Merge([Room(2, version: 3) with { IsPinned = true, SettingsVersion = 3 }]);
        _rooms.Merge([Room(2, minute: 10, version: 2)]);
        _rooms.Merge([Room(2, minute: 11, version: 4)]);
        Assert.Equal((Id(2), true), (_rooms.List().Rooms[0].Id, _rooms.List().Rooms[0].IsPinned));
        _rooms.Merge([Room(2, version: 5) with { SettingsVersion = 5 }]);
        Assert.Equal(Id(2), _rooms.List().Rooms[^1].Id);
    }

    [Fact]
    public void Devices_know_nothing_of_a_temporary_room_that_is_removed()
    {
        _rooms.Merge([Room(1) with { IsTemporary = true }, Room(2) with { IsTemporary = true }, Room(3)]);
        Assert.False(_rooms.Remove(Id(1)));
        Assert.True(_rooms.IsDeleted(Id(1)));
        Assert.Equal([Id(3)], _rooms.Reconcile(_rooms.Ids(), []));
        Assert.Empty(_rooms.Ids());
    }

    [Fact]
    public void A_deleted_room_never_comes_back()
    {
        _rooms.Merge([Room(1), Room(2)]);
        var list = _rooms.List();
        Assert.True(_rooms.Remove(Id(1)));
        Assert.NotSame(list, _rooms.List());
        Assert.False(_rooms.Remove(Id(1)));
        Assert.False(_rooms.IsChange(Room(1, version: 9)));
        _rooms.Merge([Room(1, version: 9)]);
        Assert.Equal([Id(2)], _rooms.Ids());
    }

    [Fact]
    public void A_thousand_deleted_rooms_are_remembered()
    {
        for (var i = 1; i <= 1000; i++)
        {
            _rooms.Remove(Id(i));
            _rooms.Remove(Id(i));
        }

        Assert.False(_rooms.IsChange(Room(1)));
        _rooms.Remove(Id(1001));
        Assert.True(_rooms.IsChange(Room(1)));
        Assert.False(_rooms.IsChange(Room(2)));
    }

    [Fact]
    public void The_list_becomes_equal_to_the_store()
    {
        _rooms.Merge([Room(1), Room(2)]);
        var before = _rooms.Ids();
        _rooms.Merge([Room(3)]);
        Assert.Equal([Id(1)], _rooms.Reconcile(before, [Room(2), Room(4)]));
        Assert.Equal([Id(2), Id(3), Id(4)], _rooms.Ids().Order());
        Assert.Empty(_rooms.Reconcile([Id(1)], []));
    }

    [Fact]
    public void Reserved_places_count_for_a_minute_and_once_for_each_room()
    {
        _rooms.Merge(Enumerable.Range(1, IUserGrain.MaxRooms - 1).Select(id => Room(id)));
        Assert.True(_rooms.Reserve(Id(2000)));
        Assert.True(_rooms.Reserve(Id(2000)));
        Assert.True(_rooms.Reserve(Id(1)));
        Assert.False(_rooms.Reserve(Id(2001)));

        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.False(_rooms.Reserve(Id(2001)));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(_rooms.Reserve(Id(2001)));
    }

    [Fact]
    public void A_place_is_free_again_when_its_room_is_removed_and_taken_once_when_it_is_created()
    {
        _rooms.Merge(Enumerable.Range(1, IUserGrain.MaxRooms - 2).Select(id => Room(id)));
        Assert.True(_rooms.Reserve(Id(2000)));
        _rooms.Merge([Room(2000)]);
        Assert.True(_rooms.Reserve(Id(2001)));
        Assert.False(_rooms.Reserve(Id(2002)));
        _rooms.Remove(Id(2001));
        Assert.True(_rooms.Reserve(Id(2002)));
    }

    private static Guid Id(int room) => new(room, 0, 0, new byte[8]);

    private static RoomSummary Room(int id, int minute = 0, long version = 1) =>
        new(Id(id), "room", Start, Start.AddMinutes(minute), version);
}
