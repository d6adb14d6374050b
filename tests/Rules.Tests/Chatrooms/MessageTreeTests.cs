using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Rules.Tests.Chatrooms;

public sealed class MessageTreeTests
{
    [Fact]
    public void An_empty_room_has_no_head_and_no_path()
    {
        var tree = new MessageTree([], nextId: 1);
        Assert.Equal((0, 1), (tree.DefaultHead, tree.NextId));
        Assert.Empty(tree.PathTo(0));
        Assert.Empty(tree.ChildrenOf(0));
        tree.Add(1, 0);
        Assert.Equal((1, 2), (tree.DefaultHead, tree.NextId));
        Assert.Equal([new IdRange(1, 1)], tree.PathTo(1));
    }

    [Fact]
    public void A_room_without_branches_is_one_range()
    {
        var tree = new MessageTree([], nextId: 50_001);
        Assert.Equal([new IdRange(1, 50_000)], tree.PathTo(tree.DefaultHead));
        Assert.Equal([99L, 98L, 97L], tree.PathTo(50_000, before: 100).Take(3));
        Assert.Equal(50_000, tree.NewestDescendantOf(1));
        Assert.True(tree.SiblingsOf(17).IsDefault);
        Assert.Equal((0, 41), (tree.ParentOf(1), tree.ParentOf(42)));
    }

    // Ids 5 and 9 are replies that the previous version regenerated: 5 for the first of two questions, 9 for the newest one. Its
    // conversations went on from the newest reply to the newest question.
    [Fact]
    public void A_room_of_the_previous_version_goes_on_from_the_newest_reply_to_the_newest_question()
    {
        StoredBranch[] branches = [new(5, 1, true), new(8, 6, true), new(9, 6, true), new(10, 1, true)];
        Assert.Equal(4, new MessageTree(branches, nextId: 6).DefaultHead);
        var tree = new MessageTree(branches, nextId: 13);
        Assert.Equal([new(1, 4), new(6, 6), new(9, 9), new(11, 12)], tree.PathTo(tree.DefaultHead));
        Assert.Equal(9, new MessageTree(branches, nextId: 11).DefaultHead);
        Assert.Equal([2L, 5L, 10L], tree.SiblingsOf(5));
    }

    [Fact]
    public void Messages_of_the_previous_version_after_a_branch_follow_the_newest_message()
    {
        var tree = new MessageTree([new(5, 2, false)], nextId: 9);
        Assert.Equal([new(1, 2), new(5, 8)], tree.PathTo(8));
        Assert.Equal(8, tree.DefaultHead);
    }

    [Fact]
    public void A_stored_parent_counts_although_it_is_the_newest_message()
    {
        // The user chose 5, which the previous version regenerated, and then sent 6.
        var tree = new MessageTree([new(5, 1, true), new(6, 5, false)], nextId: 8);
        Assert.Equal([new(1, 1), new(5, 7)], tree.PathTo(7));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_random_tree_is_the_same_as_a_table_of_parents(int seed)
    {
        var random = new Random(seed);
        var parents = new Dictionary<long, long>();
        var tree = new MessageTree([], nextId: 1);
        for (var id = 1L; id <= 300; id++)
        {
            var parent = random.Next(4) == 0 ? random.NextInt64(id) : id - 1;
            parents.Add(id, parent);
            tree.Add(id, parent);
        }

        var stored = parents.Where(pair => pair.Value != pair.Key - 1).Select(pair => new StoredBranch(pair.Key, pair.Value, false));
        foreach (var same in new[] { tree, new MessageTree(stored.OrderBy(branch => branch.Id), nextId: 301) })
        {
            Assert.All(parents.Keys, id => AssertSame(parents, same, id));
        }
    }

    private static void AssertSame(Dictionary<long, long> parents, MessageTree tree, long id)
    {
        long[] Path(long from) => from == 0 ? [] : [.. Path(parents[from]), from];
        var path = Path(id);
        Assert.Equal(parents[id], tree.ParentOf(id));
        Assert.Equal(path, tree.PathTo(id).SelectMany(range => Enumerable.Range((int)range.First, (int)(range.Last - range.First + 1)).Select(one => (long)one)));
        Assert.Equal(path.Reverse(), tree.PathTo(id, before: long.MaxValue));
        Assert.Equal(path.Where(one => one < id / 2).Reverse(), tree.PathTo(id, before: id / 2));
        Assert.Equal(parents.Keys.Where(one => Path(one).Contains(id)).Max(), tree.NewestDescendantOf(id));
        long[] siblings = [.. parents.Where(pair => pair.Value == parents[id]).Select(pair => pair.Key).Order()];
        Assert.Equal(siblings.Length > 1 ? siblings : null, tree.SiblingsOf(id).IsDefault ? null : tree.SiblingsOf(id).ToArray());
    }
}
