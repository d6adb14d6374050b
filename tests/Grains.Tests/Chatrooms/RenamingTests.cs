using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class RenamingTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task A_new_name_is_in_the_list_at_once_and_after_a_restart()
    {
        await using var test = await cluster.NewRoom("old");
        var updated = await Update(test, new RoomPatch("new", null));
        Assert.Equal(("new", 2, 2), (updated.Room.Name, updated.Room.Version, updated.Room.SettingsVersion));
        Assert.Equal(updated.Room, await FindInList(test));
        await test.Deactivate();
        await cluster.Deactivate(cluster.Grains.User(test.Key.UserId));
        Assert.Equal(updated.Room, (await test.Room.Read(1, before: null))!.Room);
        Assert.Equal(updated.Room, await FindInList(test));
    }

    [Fact]
    public async Task A_new_system_prompt_applies_from_the_next_turn()
    {
        await using var test = await cluster.NewRoom(systemPrompt: "first");
        await test.Post("one");
        await test.Post("two");
        var running = await test.Model.NextCall();
        Assert.Equal("second", (await Update(test, new RoomPatch(null, "second"))).SystemPrompt);
        Assert.Equal("first", running.Options!.Instructions);
        running.Answer("a");
        var next = await test.Model.NextCall();
        Assert.Equal("second", next.Options!.Instructions);
        Assert.Null((await Update(test, new RoomPatch(null, ""))).SystemPrompt);
        next.Answer("b");
        await test.Room.ReadToEnd(4);
        await test.Deactivate();
        Assert.Null((await test.Room.Read(1, before: null))!.SystemPrompt);
    }

    [Fact]
    public async Task A_message_does_not_invalidate_a_version_condition_and_a_rename_does()
    {
        await using var test = await cluster.NewRoom();
        var seen = (await test.Room.Read(1, before: null))!.Room.Version;
        await test.PostAndAnswer("question", "answer");
        var renamed = await Update(test, new RoomPatch("mine", null, [seen]));
        Assert.IsType<UpdateRoomOutcome.Outdated>(await test.Room.Update(new RoomPatch("theirs", null, [seen])));
        Assert.IsType<UpdateRoomOutcome.Outdated>(await test.Room.Update(new RoomPatch("theirs", null, [renamed.Room.Version + 1])));
        Assert.IsType<UpdateRoomOutcome.Outdated>(await test.Room.Update(new RoomPatch("theirs", null, [])));
        Assert.Equal("theirs", (await Update(test, new RoomPatch("theirs", null, [seen, renamed.Room.Version]))).Room.Name);
    }

    [Fact]
    public async Task Of_many_changes_of_the_same_version_one_succeeds()
    {
        await using var test = await cluster.NewRoom();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => test.Room.Update(new RoomPatch($"name {i}", null, [1]))));
        var winner = Assert.Single(outcomes.OfType<UpdateRoomOutcome.Updated>());
        Assert.Equal(winner.Room.Name, (await FindInList(test)).Name);
    }

    [Fact]
    public async Task Concurrent_turns_and_renames_lose_nothing()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "yes";
        var posts = Task.WhenAll(Enumerable.Range(0, 15).Select(i => test.PostAndWaitForReply($"{i}")));
        for (var i = 0; i < 30; i++)
        {
            await Update(test, new RoomPatch($"name {i}", null));
            Assert.Equal($"name {i}", (await FindInList(test)).Name);
            Assert.Equal($"name {i}", (await test.Room.Read(1, before: null))!.Room.Name);
        }

        await posts;
        var known = (await test.Room.Read(1, before: null))!.Room;
        Assert.Equal("name 29", known.Name);
        Assert.Equal(known, (await test.Store.Load(test.Key, tail: 1))!.Row.Summary);
        await test.WaitUntil(async () => await FindInList(test) == known);
    }

    [Fact]
    public async Task A_rename_repeated_after_a_lost_response_succeeds()
    {
        await using var test = await cluster.NewRoom();
        cluster.RoomStoreFaults.NextChange = FaultInjectingRoomStore.StoredWithUnknownOutcome;
        var patch = new RoomPatch("once", null, [1]);
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Update(patch));
        Assert.Equal("once", (await Update(test, patch)).Room.Name);
        Assert.Equal("once", (await FindInList(test)).Name);
        Assert.Equal("twice", (await Update(test, new RoomPatch("twice", null))).Room.Name);
    }

    [Fact]
    public async Task A_name_set_by_another_activation_is_not_overwritten()
    {
        await using var test = await cluster.NewRoom();
        var row = (await test.Store.Load(test.Key, tail: 1))!.Row;
        var theirs = row with { Summary = row.Summary with { Name = "theirs", Version = 8, SettingsVersion = 8 } };
        Assert.True(await test.Store.ChangeSettings(test.Key, theirs, expected: 1));
        Assert.IsType<UpdateRoomOutcome.Outdated>(await test.Room.Update(new RoomPatch("mine", null, [1])));
        var mine = await Update(test, new RoomPatch("mine", null, [8]));
        Assert.True(mine.Room.Version > 8);
    }

    [Theory]
    [InlineData("answered")]
    [InlineData("stopped")]
    public async Task The_first_completed_turn_gives_an_unnamed_room_its_title(string how)
    {
        await using var test = await cluster.NewRoom("New chat", isUntitled: true);
        await test.Post("# What is a tide?\nTell me.");
        var call = await test.Model.NextCall();
        call.SendText("Water");
        await test.Room.ReadUntil(2, "Water");
        if (how == "stopped")
        {
            await test.Room.Stop(2);
        }
        else
        {
            call.Finish();
            await test.Room.ReadToEnd(2);
        }

        var titled = (await test.Room.Read(1, before: null))!.Room;
        Assert.Equal(("What is a tide", titled.Version), (titled.Name, titled.SettingsVersion));
        await test.WaitUntil(async () => (await FindInList(test)).Name == "What is a tide");
        await test.PostAndAnswer("And a wave?", "Wind");
        await test.Deactivate();
        Assert.Equal("What is a tide", (await test.Room.Read(1, before: null))!.Room.Name);
    }

    [Fact]
    public async Task A_turn_without_a_reply_gives_no_title()
    {
        await using var test = await cluster.NewRoom("New chat", isUntitled: true);
        await test.Post("one");
        (await test.Model.NextCall()).Fail(GeminiChat.Grains.Model.ModelFault.Config);
        await test.Room.ReadToEnd(2);
        await test.Post("two");
        await test.Model.NextCall();
        await test.Room.Stop(4);
        Assert.Equal("New chat", (await test.Room.Read(1, before: null))!.Room.Name);
        await test.PostAndAnswer("three", "yes");
        Assert.Equal("three", (await test.Room.Read(1, before: null))!.Room.Name);
    }

    [Fact]
    public async Task A_name_set_by_the_user_is_kept_even_if_it_equals_the_default()
    {
        await using var test = await cluster.NewRoom("New chat", isUntitled: true);
        await Update(test, new RoomPatch("New chat", null));
        await test.PostAndAnswer("question", "answer");
        Assert.Equal("New chat", (await test.Room.Read(1, before: null))!.Room.Name);
    }

    [Fact]
    public async Task A_rename_during_the_write_of_a_title_wins()
    {
        await using var test = await cluster.NewRoom("New chat", isUntitled: true);
        var storing = new TaskCompletionSource();
        var mayStore = new TaskCompletionSource();
        cluster.RoomStoreFaults.NextFinish = async store =>
        {
            storing.SetResult();
            await mayStore.Task;
            return await store();
        };
        var answered = test.PostAndAnswer("question", "answer");
        await storing.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        var renamed = Update(test, new RoomPatch("mine", null));
        mayStore.SetResult();
        Assert.Equal("mine", (await renamed).Room.Name);
        await answered;
        Assert.Equal("mine", (await test.Store.Load(test.Key, tail: 1))!.Row.Summary.Name);
        await test.WaitUntil(async () => (await FindInList(test)).Name == "mine");
    }

    [Fact]
    public async Task A_title_during_the_write_of_a_rename_is_dropped()
    {
        await using var test = await cluster.NewRoom("New chat", isUntitled: true);
        await test.Post("question");
        var call = await test.Model.NextCall();
        var stored = new TaskCompletionSource();
        var mayAnswer = new TaskCompletionSource();
        cluster.RoomStoreFaults.NextChange = async store =>
        {
            var outcome = await store();
            stored.SetResult();
            await mayAnswer.Task;
            return outcome;
        };
        var renamed = Update(test, new RoomPatch("mine", null));
        await stored.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        call.Answer("answer");
        await test.Room.ReadToEnd(2);
        mayAnswer.SetResult();
        Assert.Equal("mine", (await renamed).Room.Name);
        Assert.Equal("mine", (await test.Room.Read(1, before: null))!.Room.Name);
        Assert.Equal("mine", (await FindInList(test)).Name);
    }

    private static async Task<UpdateRoomOutcome.Updated> Update(RoomDriver test, RoomPatch patch) =>
        Assert.IsType<UpdateRoomOutcome.Updated>(await test.Room.Update(patch));

    private async Task<RoomSummary> FindInList(RoomDriver test) =>
        (await cluster.Grains.User(test.Key.UserId).ListRooms()).Rooms.Single();
}
