using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Rules.Tests.Chatrooms;

public sealed class ConversationTests
{
    private const int Plenty = 100_000;

    private static readonly RoomKey Room = new(Guid.CreateVersion7(), Guid.CreateVersion7());

    private readonly StoredMessages _store = new();

    [Fact]
    public async Task A_message_is_found_in_memory_or_else_in_the_store()
    {
        var conversation = New(101, count: 10);
        Assert.Equal(101, (await conversation.Find(101))!.Id);
        Assert.Equal(110, conversation.FindInMemory(110)!.Id);
        Assert.Null(conversation.FindInMemory(100));
        Assert.Null(conversation.FindInMemory(111));
        Assert.Empty(_store.Reads);

        Assert.Equal(100, (await conversation.Find(100))!.Id);
        Assert.Equal(1, (await conversation.Find(1))!.Id);
        Assert.Null(await conversation.Find(111));
        Assert.Null(await conversation.Find(0));
        Assert.Null(await conversation.Find(-5));
        Assert.Equal(["message 100", "message 1"], _store.Reads);
    }

    [Fact]
    public async Task An_empty_conversation_has_no_messages_in_memory_or_in_the_store()
    {
        var conversation = New(1, count: 0);
        Assert.Null(conversation.FindInMemory(1));
        Assert.Null(await conversation.Find(1));
        Assert.Empty(await conversation.GetPage(10, long.MaxValue));
        Assert.Empty(_store.Reads);
        conversation.Add(Message(1));
        Assert.Equal(1, conversation.FindInMemory(1)!.Id);
    }

    [Fact]
    public void Memory_grows_a_quarter_above_the_capacity_before_the_oldest_messages_leave_it()
    {
        var conversation = New(1, count: 0, capacity: 8);
        for (var id = 1; id <= 10; id++)
        {
            conversation.Add(Message(id));
        }

        Assert.NotNull(conversation.FindInMemory(1));
        conversation.Add(Message(11));
        Assert.Null(conversation.FindInMemory(2));
        Assert.NotNull(conversation.FindInMemory(3));
        Assert.NotNull(conversation.FindInMemory(11));
    }

    [Fact]
    public void Long_texts_leave_memory_earlier_but_fifty_messages_stay()
    {
        var half = new string('a', 50_000);
        Assert.NotNull(New(1, count: 80, text: half).FindInMemory(1));
        var conversation = New(1, count: 81, text: half);
        Assert.Null(conversation.FindInMemory(1));
        Assert.NotNull(conversation.FindInMemory(2));

        conversation.Add(Message(82, half));
        Assert.Null(conversation.FindInMemory(2));
        Assert.NotNull(conversation.FindInMemory(3));

        conversation.Replace(Message(82, half + "a"));
        Assert.Null(conversation.FindInMemory(3));
        Assert.NotNull(conversation.FindInMemory(4));
        conversation.Replace(Message(82, new string('a', 4_000_000)));
        Assert.Null(conversation.FindInMemory(32));
        Assert.NotNull(conversation.FindInMemory(33));
    }

    [Fact]
    public void Room_in_memory_is_counted_again_when_the_oldest_messages_leave_it()
    {
        var conversation = New(1, count: 60, text: new string('a', 60_000), capacity: 60);
        for (var id = 61; id <= 76; id++)
        {
            conversation.Add(Message(id));
        }

        Assert.Null(conversation.FindInMemory(15));
        Assert.NotNull(conversation.FindInMemory(16));
        conversation.Add(Message(77, new string('a', 1_299_000)));
        Assert.NotNull(conversation.FindInMemory(16));
    }

    [Fact]
    public void A_message_is_replaced_and_earlier_replies_to_its_question_are_superseded()
    {
        var conversation = New(1, count: 4);
        conversation.Replace(Message(2, "new") with { Sender = Sender.Ai, ReplyTo = 1 });
        conversation.Replace(Message(4) with { ReplyTo = 3 });
        conversation.Replace(Message(9, "nowhere"));
        Assert.Equal("new", conversation.FindInMemory(2)!.Content);
        Assert.Null(conversation.FindInMemory(9));

        conversation.Supersede(Message(5) with { ReplyTo = 1 });
        Assert.Equal([null, 5L, null, null], Enumerable.Range(1, 4).Select(id => conversation.FindInMemory(id)!.SupersededBy));
    }

    [Fact]
    public async Task The_conversation_before_a_question_begins_where_the_prompt_before_it_began()
    {
        var conversation = New(101, count: 10, capacity: 10);
        conversation.Replace(Message(104) with { ContextSkipped = 98 });
        conversation.Replace(Message(106) with { ContextSkipped = 105, Status = MessageStatus.Failed });
        var question = await conversation.GetQuestion(Message(111) with { ReplyTo = 107 }, Plenty);
        Assert.Equal("99 100 101 102 103 104 105 106, then 107", Text(question));
        Assert.Equal(98, question.Skipped);
        Assert.Equal(["ids 99 to 100"], _store.Reads);

        await conversation.GetQuestion(Message(111) with { ReplyTo = 109 }, Plenty);
        Assert.Single(_store.Reads);
    }

    [Fact]
    public async Task Without_an_earlier_prompt_as_much_is_read_as_may_fit_the_budget()
    {
        var conversation = New(1001, count: 10, capacity: 10, text: new string('a', 100));
        var question = await conversation.GetQuestion(Message(1011) with { ReplyTo = 1010 }, maxTokens: 100);
        Assert.Equal(["ids 801 to 1000"], _store.Reads);
        Assert.Equal((1009 - question.Before.Length, 1009L), (question.Skipped, question.Before[^1].Id));
        Assert.InRange(question.Before.Sum(message => message.Content.Length), 1600, 1700);
    }

    [Fact]
    public async Task A_message_that_leaves_the_memory_of_the_newest_ones_stays_in_that_of_the_context()
    {
        var conversation = New(1, count: 12, capacity: 10);
        Assert.Equal(11, (await conversation.GetQuestion(Message(13) with { ReplyTo = 12 }, Plenty)).Before.Length);
        for (var id = 13; id <= 40; id++)
        {
            conversation.Add(Message(id) with { ParentId = id - 1 });
        }

        Assert.Equal(39, (await conversation.GetQuestion(Message(41) with { ReplyTo = 40 }, Plenty)).Before.Length);
        Assert.Empty(_store.Reads);
        conversation.Replace(Message(1, "changed"));
        Assert.Equal("changed", (await conversation.GetQuestion(Message(41) with { ReplyTo = 40 }, Plenty)).Before[0].Content);
    }

    [Fact]
    public async Task A_whole_conversation_in_memory_is_enough_for_every_question()
    {
        Assert.Empty((await New(1, count: 10).GetQuestion(Message(11) with { ReplyTo = 1 }, Plenty)).Before);
        Assert.Equal(Ids(1, 8), (await New(1, count: 10).GetQuestion(Message(11) with { ReplyTo = 9 }, Plenty)).Before.Select(message => message.Id));
        Assert.Empty(_store.Reads);
        var missing = Message(11) with { ReplyTo = 12 };
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await New(1, count: 10).GetQuestion(missing, Plenty));
    }

    [Fact]
    public async Task The_context_and_the_page_of_a_branch_have_nothing_of_another_one()
    {
        // 1 to 4 are two turns. 5 is a new version of 3, 7 another reply to 1.
        StoredBranch[] branches = [new(5, 2, false), new(7, 1, false)];
        var conversation = New(1, count: 7, branches: branches);
        Assert.Equal(7, conversation.Head);
        Assert.Equal([1L, 7L], await BranchPage(conversation, 10, long.MaxValue));
        Assert.Equal([1L, 2L], (await conversation.GetQuestion(Message(6) with { ReplyTo = 5 }, Plenty)).Before.Select(message => message.Id));

        conversation.ChooseHead(conversation.NewestDescendantOf(3));
        Assert.Equal(4, conversation.Head);
        Assert.Equal([1L, 2L, 3L, 4L], await BranchPage(conversation, 10, long.MaxValue));
        Assert.Equal([2L, 3L], await BranchPage(conversation, 2, 4));
        conversation.Add(Message(8) with { ParentId = 4 });
        Assert.Equal(8, conversation.Head);
        Assert.Equal([1L, 2L, 3L, 4L, 8L], await BranchPage(conversation, 10, long.MaxValue));
        Assert.Equal([3L, 5L], conversation.WithParentAndSiblings(Message(5)).Siblings);
        Assert.Equal(2, conversation.WithParentAndSiblings(Message(5)).ParentId);
        Assert.True(conversation.WithParentAndSiblings(Message(8)).Siblings.IsDefault);
        Assert.Empty(_store.Reads);
    }

    [Fact]
    public async Task A_branch_that_is_not_in_memory_is_read_once_and_a_change_is_seen_in_it()
    {
        StoredBranch[] branches = [new(109, 20, false)];
        var conversation = New(101, count: 10, capacity: 10, branches: branches);
        var question = Message(111) with { ReplyTo = 109, ParentId = 109 };
        Assert.Equal(Ids(1, 20), (await conversation.GetQuestion(question, Plenty)).Before.Select(message => message.Id));
        conversation.Add(question);
        await conversation.GetQuestion(question, Plenty);
        conversation.Replace(Message(20, "changed"));
        Assert.Equal("changed", (await conversation.GetQuestion(question, Plenty)).Before[^1].Content);
        Assert.Equal(["ids 1 to 20"], _store.Reads);
    }

    [Fact]
    public async Task A_page_comes_from_memory_unless_it_begins_before_it()
    {
        var conversation = New(101, count: 10);
        Assert.Equal([108, 109, 110], await Page(conversation, 3, long.MaxValue));
        Assert.Equal([101, 102, 103], await Page(conversation, 3, 104));
        Assert.Equal(Enumerable.Range(101, 10).Select(id => (long)id), await Page(conversation, 10, 111));
        Assert.Empty(_store.Reads);

        await Page(conversation, 4, 104);
        await Page(conversation, 1, 101);
        Assert.Equal(["page 104 4", "page 101 1"], _store.Reads);
        Assert.Equal([1, 2], await Page(New(1, count: 10), 5, 3));
        Assert.Equal(2, _store.Reads.Count);
    }

    [Fact]
    public async Task A_page_ends_where_its_text_is_too_long_and_has_at_least_one_message()
    {
        var conversation = New(1, count: 4, text: new string('a', 500_000));
        Assert.Equal([3, 4], await Page(conversation, 4, 5));
        conversation.Replace(Message(4, new string('a', 500_001)));
        Assert.Equal([4], await Page(conversation, 4, 5));
        conversation.Replace(Message(4, new string('a', 1_000_001)));
        Assert.Equal([4], await Page(conversation, 4, 5));
        Assert.Equal([2, 3], await Page(conversation, 4, 4));
        Assert.Empty(await conversation.GetPage(4, 1));
    }

    private static async Task<IEnumerable<long>> Page(Conversation conversation, int limit, long before) =>
        (await conversation.GetPage(limit, before)).Select(message => message.Id);

    private static async Task<IEnumerable<long>> BranchPage(Conversation conversation, int limit, long before) =>
        (await conversation.GetBranchPage(limit, before)).Select(message => message.Id);

    private static string Text(Question question) =>
        $"{string.Join(' ', question.Before.Select(message => message.Id))}, then {question.Message.Id}";

    private static IEnumerable<long> Ids(int first, int last) => Enumerable.Range(first, last - first + 1).Select(id => (long)id);

    private static RoomMessage Message(long id, string text = "text") => StoredMessages.NewMessage(id, text);

    private Conversation New(long first, int count, string text = "text", int capacity = 100, StoredBranch[]? branches = null)
    {
        var row = new RoomRow(new RoomSummary(Room.RoomId, "Room", default, default, 1), null, first + count, "");
        return new(
            Room, _store, new StoredRoom(row, [.. Enumerable.Range(0, count).Select(i => Message(first + i, text))], [], [.. branches ?? []]), capacity);
    }
}
