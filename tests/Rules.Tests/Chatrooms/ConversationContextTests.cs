using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Rules.Tests.Chatrooms;

public sealed class ConversationContextTests
{
    private const int Plenty = 100_000;

    private readonly List<RoomMessage> _messages = [];

    [Fact]
    public void The_context_has_earlier_turns_in_order_and_the_question_last()
    {
        Turn("one", "first", MessageStatus.Completed);
        Turn("two", "second", MessageStatus.Stopped);
        Assert.Equal(["user one", "assistant first", "user two", "assistant second", "user three"], BuildContext(Plenty));
    }

    [Theory]
    [InlineData(MessageStatus.Completed, null, "text", true)]
    [InlineData(MessageStatus.Stopped, null, "text", true)]
    [InlineData(MessageStatus.Stopped, null, "", false)]
    [InlineData(MessageStatus.Completed, null, " \n", false)]
    [InlineData(MessageStatus.Completed, null, "\u2800", false)]
    [InlineData(MessageStatus.Incomplete, EndReasons.Length, "text", true)]
    [InlineData(MessageStatus.Incomplete, EndReasons.Safety, "text", false)]
    [InlineData(MessageStatus.Incomplete, EndReasons.Truncated, "text", false)]
    [InlineData(MessageStatus.Failed, EndReasons.Safety, "", false)]
    [InlineData(MessageStatus.Failed, EndReasons.ModelUnavailable, "", false)]
    public void A_turn_is_in_the_context_completely_or_not_at_all(MessageStatus status, string? reason, string text, bool isTold)
    {
        Turn("before", text, status, reason);
        string[] before = isTold ? ["user before", $"assistant {text}"] : [];
        Assert.Equal([.. before, "user three"], BuildContext(Plenty));
    }

    [Fact]
    public void A_message_without_a_reply_is_not_in_the_context()
    {
        Turn("one", "first", MessageStatus.Completed);
        _messages.Add(new RoomMessage(3, Sender.User, "unanswered", default, MessageStatus.Completed));
        Turn("two", "second", MessageStatus.Completed);
        Assert.Equal(["user one", "assistant first", "user two", "assistant second", "user three"], BuildContext(Plenty));
    }

    [Fact]
    public void A_reply_whose_question_is_behind_the_limit_is_not_in_the_context()
    {
        Turn("one", "first", MessageStatus.Completed);
        Turn("two", "second", MessageStatus.Completed);
        _messages.RemoveAt(0);
        Assert.Equal(["user two", "assistant second", "user three"], BuildContext(Plenty));
    }

    [Fact]
    public void The_newest_turns_that_fit_the_budget_are_in_the_context()
    {
        Turn(new string('a', 400), "x", MessageStatus.Completed);
        Turn("near", "y", MessageStatus.Completed);
        Assert.Equal(["user near", "assistant y", "user three"], BuildContext(60));
    }

    [Fact]
    public void Fewer_turns_fit_when_the_model_counts_more_tokens()
    {
        Turn(new string('1', 80), "x", MessageStatus.Completed);
        Turn("near", "y", MessageStatus.Completed);
        Assert.Equal(5, BuildContext(60).Count());
        _messages[1] = _messages[1] with { Usage = new TokenUsage(84, 1), ContextSkipped = 0 };
        Assert.Equal(["user near", "assistant y", "user three"], BuildContext(60));
    }

    [Fact]
    public void The_beginning_stays_until_the_budget_is_full_and_then_a_quarter_of_it_is_dropped()
    {
        var (prompts, skipped) = (new List<string>(), new List<int>());
        for (var turn = 0; turn < 200; turn++)
        {
            var question = new RoomMessage(_messages.Count + 1, Sender.User, $"{turn} {new string('q', 100)}", default, MessageStatus.Completed);
            var begin = skipped.Count == 0 ? 0 : skipped[^1];
            var context = ConversationContext.Create(new Question(question, begin, [.. _messages[begin..]]), null, budget: 4000);
            var messages = context.ToMessages(null, Guid.Empty);
            prompts.Add(string.Join('\n', messages.Select(Line).Append($"user {question.Content}")));
            skipped.Add(context.CountSkipped(0));
            var tokens = prompts[^1].Length / 3;
            Turn(question.Content, new string('a', 100), MessageStatus.Completed);
            _messages[^1] = _messages[^1] with { ContextSkipped = skipped[^1], Usage = new TokenUsage(tokens, 10) };
            Assert.InRange(tokens, 0, 4100);
        }

        var common = prompts.Zip(prompts.Skip(1), (before, after) => (double)before.AsSpan().CommonPrefixLength(after) / after.Length).ToList();
        Assert.InRange(common.Average(), 0.7, 1);
        Assert.InRange(common.Skip(50).Average(), 0.7, 1);
        Assert.InRange(skipped.Distinct().Count(), 5, 30);
        Assert.InRange(prompts.Skip(100).Min(prompt => prompt.Length), 8000, 12_000);
    }

    [Fact]
    public void The_files_of_a_message_count_at_most_half_of_the_budget()
    {
        Turn("one", "first", MessageStatus.Completed);
        Turn("two", "second", MessageStatus.Completed);
        _messages[2] = _messages[2] with
        {
            Attachments = [.. Enumerable.Range(0, 10).Select(i => new Attachment(Guid.CreateVersion7(), $"{i}.pdf", "application/pdf", 20_000_000))],
        };
        Assert.Equal(5, BuildContext(1000).Count());
    }

    [Theory]
    [InlineData("model", "Thought hm s1, Text yes, Text  s2")]
    [InlineData("other", "Text yes")]
    [InlineData(null, "Text yes")]
    public void The_model_that_wrote_a_reply_gets_its_signed_parts_back(string? model, string expected)
    {
        Turn("one", "yes", MessageStatus.Completed);
        _messages[^1] = _messages[^1] with
        {
            Thoughts = "so hm",
            PartsModel = "model",
            Parts =
            [
                new(ReplyPartKind.Discarded, 7), new(ReplyPartKind.Thought, 3), new(ReplyPartKind.Thought, 2, "s1"), new(ReplyPartKind.Text, 3),
                new(ReplyPartKind.Text, 0, "s2"),
            ],
        };
        var question = new RoomMessage(3, Sender.User, "three", default, MessageStatus.Completed);
        var reply = ConversationContext.Create(new Question(question, 0, [.. _messages]), null, Plenty).ToMessages(model, Guid.Empty)[1];
        Assert.Equal(expected, string.Join(", ", reply.Contents.Select(content =>
        {
            Assert.True(PartContents.TryRead(content, out var kind, out var text, out var signature, out _));
            return $"{kind} {text} {signature}".TrimEnd();
        })));
    }

    [Fact]
    public void The_question_is_always_in_the_context() => Assert.Equal(["user three"], BuildContext(1));

    [Theory]
    [InlineData(13, false)]
    [InlineData(14, true)]
    public void A_turn_that_fits_the_budget_exactly_is_in_the_context(int budget, bool isTold)
    {
        Turn("near", "y", MessageStatus.Completed);
        Assert.Equal(isTold ? 3 : 1, BuildContext(budget).Count());
    }

    [Fact]
    public void A_turn_that_does_not_fit_hides_the_turns_before_it()
    {
        Turn("one", "first", MessageStatus.Completed);
        Turn(new string('a', 400), "x", MessageStatus.Completed);
        Turn("near", "y", MessageStatus.Completed);
        Assert.Equal(["user near", "assistant y", "user three"], BuildContext(60));
    }

    private IEnumerable<string> BuildContext(int budget)
    {
        var question = new RoomMessage(_messages.Count + 1, Sender.User, "three", default, MessageStatus.Completed);
        return ConversationContext.Create(new Question(question, 0, [.. _messages]), null, budget).ToMessages(null, Guid.Empty).Select(Line).Append("user three");
    }

    private static string Line(ChatMessage message) => $"{message.Role.Value} {message.Text}";

    private void Turn(string question, string answer, MessageStatus status, string? reason = null)
    {
        var id = _messages.Count + 1;
        _messages.Add(new RoomMessage(id, Sender.User, question, default, MessageStatus.Completed));
        _messages.Add(new RoomMessage(id + 1, Sender.Ai, answer, default, status, ReplyTo: id, Reason: reason));
    }
}
