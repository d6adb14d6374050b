using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class BranchTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task An_edited_message_stands_beside_the_earlier_one_and_its_context_is_its_path()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        await test.PostAndAnswer("two", "second");

        var edited = await Edit(test, 3, "two anew");
        Assert.Equal((5, 2), (edited.Message.Id, edited.Message.ParentId));
        Assert.Equal([3L, 5L], edited.Message.Siblings);
        Assert.Equal((6, 5), (edited.Reply.Id, edited.Reply.ParentId));
        await Answer(test, 6, "second anew", ["user one", "assistant first", "user two anew"]);

        await test.Post("three");
        await Answer(test, 8, "third", ["user one", "assistant first", "user two anew", "assistant second anew", "user three"]);
        Assert.Equal("1 2 5 6 7 8, head 8", await Shown(test));
        await test.Deactivate();
        Assert.Equal("1 2 5 6 7 8, head 8", await Shown(test));
        Assert.Equal([3L, 5L], (await test.Room.ReadMessage(3))!.Siblings);
    }

    [Fact]
    public async Task A_first_message_can_be_edited()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        var edited = await Edit(test, 1, "one anew");
        Assert.Null(edited.Message.ParentId);
        Assert.Equal([1L, 3L], edited.Message.Siblings);
        await Answer(test, 4, "first anew", ["user one anew"]);
        Assert.Equal("3 4, head 4", await Shown(test));
    }

    [Fact]
    public async Task The_user_shows_an_earlier_branch_and_goes_on_from_it()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        await test.PostAndAnswer("two", "second");
        await Edit(test, 1, "one anew");
        await Answer(test, 6, "first anew", ["user one anew"]);

        Assert.Equal(4, (await Show(test, 1)).Head);
        Assert.Equal("1 2 3 4, head 4", await Shown(test));
        await test.Deactivate();
        Assert.Equal("1 2 3 4, head 4", await Shown(test));
        var third = await test.Post("three");
        Assert.Equal(4, third.Message.ParentId);
        await Answer(test, 8, "third", ["user one", "assistant first", "user two", "assistant second", "user three"]);
        Assert.Equal("1 2 3 4 7 8, head 8", await Shown(test));
        await test.Deactivate();
        Assert.Equal("1 2 3 4 7 8, head 8", await Shown(test));
    }

    [Fact]
    public async Task A_shown_branch_is_a_change_but_no_activity_and_a_repeat_changes_nothing()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        await Edit(test, 1, "one anew");
        await Answer(test, 4, "first anew", ["user one anew"]);
        var before = (await test.Room.Read(1, before: null))!.Room;

        var shown = await Show(test, 2);
        Assert.Equal((before.Version + 1, before.UpdatedAt, before.SettingsVersion), (shown.Room.Version, shown.Room.UpdatedAt, shown.Room.SettingsVersion));
        Assert.Equal(shown, await Show(test, 1));
        Assert.IsType<UpdateRoomOutcome.MessageAbsent>(await test.Room.Update(new RoomPatch(null, null, Head: 5)));
    }

    [Fact]
    public async Task Messages_that_wait_follow_each_other_on_the_branch_of_their_acceptance()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        await Edit(test, 1, "one anew");
        await Show(test, 2);
        await test.Post("two");
        await Edit(test, 3, "one again");
        await Answer(test, 4, "first anew", ["user one anew"]);
        await Answer(test, 6, "second", ["user one", "assistant first", "user two"]);
        await Answer(test, 8, "first again", ["user one again"]);
        Assert.Equal("7 8, head 8", await Shown(test));
    }

    [Fact]
    public async Task The_branch_that_is_shown_is_not_stored_when_another_activation_has_accepted_a_message()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        await Edit(test, 1, "one anew");
        await Answer(test, 4, "first anew", ["user one anew"]);
        await test.AcceptFromAnotherActivation("two");
        await Assert.ThrowsAnyAsync<Exception>(() => Show(test, 2));
        await test.RetryUntilSuccess(() => Show(test, 2));
        Assert.Equal("1 2, head 2", await Shown(test));
    }

    [Fact]
    public async Task An_edit_is_repeated_by_its_key_and_the_key_of_another_request_is_refused()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        var edited = await Edit(test, 1, "anew", "key");
        await Answer(test, 4, "first anew", ["user anew"]);
        Assert.Equal(edited.Message, (await Edit(test, 1, "anew", "key")).Message with { Siblings = edited.Message.Siblings });
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Edit(1, new NewMessage("other", "key")));
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Edit(3, new NewMessage("anew", "key")));
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Post(new NewMessage("anew", "key")));
        await test.Post("post", "post key");
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Edit(1, new NewMessage("post", "post key")));
        Assert.IsType<PostOutcome.MessageAbsent>(await test.Room.Edit(2, new NewMessage("anew", "k2")));
        Assert.IsType<PostOutcome.MessageAbsent>(await test.Room.Edit(99, new NewMessage("anew", "k2")));
    }

    [Fact]
    public async Task A_room_begins_with_a_copy_of_a_branch()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        await test.PostAndAnswer("two", "second");
        await Edit(test, 3, "two anew");
        Assert.True((await test.Room.GetBranch(null))!.IsPending);
        await Answer(test, 6, "second anew", ["user one", "assistant first", "user two anew"]);

        var branch = (await test.Room.GetBranch(null))!;
        Assert.Equal((6L, 4L, false), (branch.GetHead(), branch.CountMessages(), branch.IsPending));
        var copy = cluster.Grains.Chatroom(test.Key with { RoomId = Guid.CreateVersion7() });
        var request = new NewRoom("Copy", "prompt", Copy: new RoomCopy(branch.Room.Id, branch.Ranges, "request"));
        var created = Assert.IsType<CreateRoomOutcome.Created>(await copy.Create(request));
        Assert.Equal(created, await copy.Create(request with { Name = "changed meanwhile" }));
        Assert.IsType<CreateRoomOutcome.AlreadyExists>(await copy.Create(request with { Copy = null }));

        var view = (await copy.ReadBranch(100, before: null))!;
        Assert.Equal(["one", "first", "two anew", "second anew"], view.Messages.Select(message => message.Content));
        Assert.Equal(4, view.Head);
        await copy.Post(new NewMessage("three", "key"));
        var call = await test.Model.NextCall();
        Assert.Equal(["user one", "assistant first", "user two anew", "assistant second anew", "user three"], call.Context);
        call.Answer("third");
        await copy.ReadToEnd(6);
        Assert.Equal("1 2 5 6, head 6", await Shown(test));
        await copy.Delete();
    }

    [Fact]
    public async Task A_branch_that_is_far_behind_the_newest_messages_is_told_to_the_model()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        await test.PostAndWaitForReply("one");
        await test.PostAndWaitForReply("two");
        var edited = Assert.IsType<PostOutcome.Accepted>(await test.Room.Edit(3, new NewMessage("two anew", "edit")));
        await test.Room.ReadToEnd(edited.Reply.Id);
        for (var i = 0; i < 130; i++)
        {
            await test.PostAndWaitForReply($"filler {i}");
        }

        await Show(test, 4);
        await test.PostAndWaitForReply("three");
        Assert.Equal(["user one", "assistant re one", "user two", "assistant re two", "user three"], test.Model.Calls.Last().Context);
        await test.PostAndWaitForReply("four");
        Assert.Equal(7, test.Model.Calls.Last().Context.Count);
        Assert.Equal("1 2 3 4 267 268 269 270, head 270", await Shown(test));
        var page = (await test.Room.ReadBranch(2, before: 267))!;
        Assert.Equal([3L, 4L], page.Messages.Select(message => message.Id));
        Assert.True(page.HasOlder);
        Assert.False((await test.Room.ReadBranch(2, before: 3))!.HasOlder);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_edit_whose_commit_is_unknown_is_resolved(bool isStored)
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        cluster.RoomStoreFaults.NextAccept = isStored ? FaultInjectingRoomStore.StoredWithUnknownOutcome : FaultInjectingRoomStore.NotStoredWithUnknownOutcome;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Edit(1, new NewMessage("anew", "key")));
        var shown = await Show(test, 1);
        var again = await Edit(test, 1, "anew", "key");
        Assert.Equal((3L, 4L), (again.Message.Id, again.Reply.Id));
        await Answer(test, 4, "first anew", ["user anew"]);
        Assert.Equal(shown.Head is 2 ? "1 2, head 2" : "3 4, head 4", await Shown(test));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_choice_of_the_branch_whose_outcome_is_unknown_is_read_again(bool isStored)
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        await Edit(test, 1, "one anew");
        await Answer(test, 4, "first anew", ["user one anew"]);
        cluster.RoomStoreFaults.NextChange = isStored ? FaultInjectingRoomStore.StoredWithUnknownOutcome : FaultInjectingRoomStore.NotStoredWithUnknownOutcome;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => Show(test, 1));

        var third = await test.Post("two");
        Assert.Equal(isStored ? 2 : 4, third.Message.ParentId);
        (await test.Model.NextCall()).Answer("second");
        await test.Room.ReadToEnd(third.Reply.Id);
        var shown = await Shown(test);
        await test.Deactivate();
        Assert.Equal(shown, await Shown(test));
    }

    [Fact]
    public async Task A_page_from_before_a_choice_with_an_unknown_outcome_is_not_shown_again()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        await Edit(test, 1, "one anew");
        await Answer(test, 4, "first anew", ["user one anew"]);
        Assert.Equal("3 4, head 4", await Shown(test));
        cluster.RoomStoreFaults.NextChange = FaultInjectingRoomStore.StoredWithUnknownOutcome;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => Show(test, 1));

        Assert.Equal(2, (await Show(test, 1)).Head);
        Assert.Equal("1 2, head 2", await Shown(test));
    }

    [Fact]
    public async Task A_message_has_at_most_200_versions()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await test.PostAndWaitForReply("one");
        for (var i = 2; i <= 200; i++)
        {
            await test.Room.ReadToEnd((await Edit(test, 1, $"version {i}")).Reply.Id);
        }

        Assert.IsType<PostOutcome.TooManyVersions>(await test.Room.Edit(1, new NewMessage("one more", "key")));
        Assert.Equal(399, (await Edit(test, 1, "version 200")).Message.Id);
    }

    [Fact]
    public async Task A_branch_with_too_much_text_is_not_copied()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => new string('a', 200_000);
        for (var i = 0; i < 11; i++)
        {
            await test.PostAndWaitForReply($"message {i}");
        }

        var branch = (await test.Room.GetBranch(null))!;
        var copy = cluster.Grains.Chatroom(test.Key with { RoomId = Guid.CreateVersion7() });
        Assert.IsType<CreateRoomOutcome.CopyTooLong>(await copy.Create(new NewRoom("Copy", null, Copy: new RoomCopy(branch.Room.Id, branch.Ranges, ""))));
    }

    private static async Task<PostOutcome.Accepted> Edit(RoomDriver test, long message, string content, string? key = null) =>
        Assert.IsType<PostOutcome.Accepted>(await test.Room.Edit(message, new NewMessage(content, key ?? $"edit {content}")));

    private static async Task<UpdateRoomOutcome.Updated> Show(RoomDriver test, long message) =>
        Assert.IsType<UpdateRoomOutcome.Updated>(await test.Room.Update(new RoomPatch(null, null, Head: message)));

    private static async Task<string> Shown(RoomDriver test)
    {
        var view = (await test.Room.ReadBranch(100, before: null))!;
        return $"{string.Join(' ', view.Messages.Select(message => message.Id))}, head {view.Head}";
    }

    private static async Task Answer(RoomDriver test, long reply, string text, string[] expectedContext)
    {
        var call = await test.Model.NextCall();
        Assert.Equal(expectedContext, call.Context);
        call.Answer(text);
        await test.Room.ReadToEnd(reply);
    }
}
