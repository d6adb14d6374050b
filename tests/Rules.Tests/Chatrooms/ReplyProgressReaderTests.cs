using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Rules.Tests.Chatrooms;

/// <summary>Thoughts and text of a reply, as readers get them while it is written and afterwards.</summary>
public sealed class ReplyProgressReaderTests
{
    private const int NoLimit = 1_000_000;

    [Fact]
    public void Thoughts_and_text_come_in_their_order_and_each_has_its_own_cursor()
    {
        var draft = new ReplyDraft(NoLimit);
        draft.Append(ReplyPartKind.Thought, "hm ");
        draft.Append(ReplyPartKind.Thought, "so");
        draft.Append(ReplyPartKind.Text, "yes ");
        draft.Append(ReplyPartKind.Thought, "wait");
        draft.Append(ReplyPartKind.Text, "no", "s");
        Assert.Equal(["?hm so 5", "yes  9", "?wait 13", "no 15"], ReadAll(draft, 1));
        Assert.Equal(["?o 5", "yes  9", "?wait 13", "no 15"], ReadAll(draft, 1, from: 4));
        Assert.Equal(ReadAll(draft, 1), ReadAll(Finish(draft, 1)));
        Assert.Equal("hm sowait", Finish(draft, 1).Thoughts);
        Assert.Equal("yes no", Finish(draft, 1).Content);
    }

    [Fact]
    public void White_space_before_the_first_text_counts_when_it_is_seen()
    {
        var draft = new ReplyDraft(NoLimit);
        draft.Append(ReplyPartKind.Text, "\n");
        Assert.Equal(0, draft.Length);
        draft.Append(ReplyPartKind.Thought, "hm");
        draft.Append(ReplyPartKind.Text, "a");
        Assert.Equal(["?hm 2", "\na 4"], ReadAll(draft, 1));
        Assert.Equal(ReadAll(draft, 1), ReadAll(Finish(draft, 1)));
    }

    [Fact]
    public void Thoughts_of_a_failed_call_are_replaced_for_readers_who_have_seen_them()
    {
        var draft = new ReplyDraft(NoLimit);
        draft.Append(ReplyPartKind.Thought, "first");
        draft.Discard();
        draft.Append(ReplyPartKind.Thought, "another");
        draft.Append(ReplyPartKind.Text, "yes");
        string[] all = ["?another 13", "yes 16"];
        Assert.Equal(all, ReadAll(draft, 1));
        Assert.Equal(["reset", .. all], ReadAll(draft, 1, from: 5));
        Assert.Equal(["reset", .. all], ReadAll(draft, 1, from: 3));
        Assert.Equal(all, ReadAll(draft, 1, from: 6));
        Assert.Equal(["reset", .. all], ReadAll(Finish(draft, 1), from: 5));
        Assert.Equal(all, ReadAll(Finish(draft, 1), from: 0));
        Assert.Equal("another", Finish(draft, 1).Thoughts);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(1, 99)]
    [InlineData(1, 2)]
    [InlineData(1, 5)]
    public void A_cursor_of_another_attempt_or_of_no_place_begins_anew(int attempt, int offset)
    {
        var draft = new ReplyDraft(NoLimit);
        draft.Append(ReplyPartKind.Thought, "a😀");
        draft.Append(ReplyPartKind.Text, "b😀");
        foreach (var read in new[] { ReplyProgressReader.Read(draft, draft.Length, new(attempt, offset), 1)!, ReplyProgressReader.Read(Finish(draft, 1), new(attempt, offset)) })
        {
            Assert.Equal((true, "a😀", "", new ReplyCursor(1, 3)), (read.IsReset, read.Thought, read.Text, read.Next));
        }
    }

    [Fact]
    public void Only_signed_parts_stay_apart()
    {
        var draft = new ReplyDraft(NoLimit);
        draft.Append(ReplyPartKind.Text, "a");
        draft.Append(ReplyPartKind.Text, "b");
        draft.Append(ReplyPartKind.Text, "c", "s1");
        draft.Append(ReplyPartKind.Text, "d", "s2");
        draft.Append(ReplyPartKind.Text, "e");
        draft.Append(ReplyPartKind.Text, "", "s3");
        Assert.Equal("Text 2 , Text 1 s1, Text 1 s2, Text 1 , Text 0 s3", string.Join(", ", draft.Parts.ToArray().Select(part => $"{part.Kind} {part.Length} {part.Signature}")));
        Assert.Equal(["abcde 5"], ReadAll(draft, 1));
    }

    [Fact]
    public void A_thousand_readers_that_come_and_go_rebuild_both()
    {
        var random = new Random(1);
        var draft = new ReplyDraft(NoLimit);
        var readers = Enumerable.Range(0, 1000).Select(_ => new Reader()).ToList();
        string[] pieces = ["a", "bc ", "é", "😀", " ", "long piece of text\n", "\uD83D", "\uDE00x"];
        for (var step = 0; step < 300; step++)
        {
            if (step == 100)
            {
                draft.Discard();
            }

            // The model shows no text before the step at which its first call fails.
            var kind = step < 100 || random.Next(3) == 0 ? ReplyPartKind.Thought : ReplyPartKind.Text;
            draft.Append(kind, pieces[random.Next(pieces.Length)], random.Next(10) == 0 ? "s" : null);
            foreach (var reader in readers.Where(_ => random.Next(4) == 0))
            {
                reader.Read(ReplyProgressReader.Read(draft, draft.Length, reader.Cursor, 1));
            }
        }

        var finished = Finish(draft, 1);
        foreach (var reader in readers)
        {
            while (!reader.IsAtEnd)
            {
                reader.Read(ReplyProgressReader.Read(finished, reader.Cursor));
            }

            Assert.Equal((finished.Content, finished.Thoughts), (reader.Text, reader.Thoughts));
        }
    }

    private static RoomMessage Finish(ReplyDraft draft, int attempt)
    {
        draft.Complete();
        return new RoomMessage(2, Sender.Ai, draft.Text.ToString(), default, MessageStatus.Completed, Attempt: attempt)
        {
            Thoughts = draft.Thoughts.ToString(),
            Parts = [.. draft.Parts],
        };
    }

    private static List<string> ReadAll(ReplyDraft draft, int attempt, int from = 0) =>
        ReadAll(new ReplyCursor(attempt, from), cursor => ReplyProgressReader.Read(draft, draft.Length, cursor, attempt));

    private static List<string> ReadAll(RoomMessage finished, int from = 0) =>
        ReadAll(new ReplyCursor(finished.Attempt, from), cursor => cursor == finished.GetEnd() ? null : ReplyProgressReader.Read(finished, cursor));

    private static List<string> ReadAll(ReplyCursor cursor, Func<ReplyCursor, ReplyProgress?> read)
    {
        var all = new List<string>();
        while (read(cursor) is { } next)
        {
            all.AddRange(next.IsReset ? ["reset"] : []);
            all.Add($"{(next.Thought.Length > 0 ? $"?{next.Thought}" : next.Text)} {next.Next.Offset}");
            cursor = next.Next;
        }

        return all;
    }

    private sealed class Reader
    {
        public ReplyCursor Cursor { get; private set; } = new(1, 0);

        public string Text { get; private set; } = "";

        public string Thoughts { get; private set; } = "";

        public bool IsAtEnd { get; private set; }

        public void Read(ReplyProgress? progress)
        {
            if (progress is null)
            {
                return;
            }

            (Text, Thoughts) = progress.IsReset ? ("", "") : (Text, Thoughts);
            (Text, Thoughts) = (Text + progress.Text, Thoughts + progress.Thought);
            (Cursor, IsAtEnd) = (progress.Next, progress.FinishedReply is not null);
        }
    }
}
