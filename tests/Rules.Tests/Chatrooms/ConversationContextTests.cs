using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using Microsoft.Extensions.AI;

namespace GeminiChat.Rules.Tests.Chatrooms;

public sealed class ConversationContextTests
{
    private const int Plenty = 100_000;

    private readonly List<RoomMessage> _messages = [];
    private readonly TokenEstimator _tokens = new();

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
    public void Pending_turns_behind_the_question_are_not_in_the_context()
    {
        var question = Turn("now", "", MessageStatus.Queued);
        Turn("later", "", MessageStatus.Queued);
        Assert.Equal(["user now"], BuildContext(question, question.Id + 1, Plenty));
    }

    [Fact]
    public void Only_the_newest_reply_of_a_question_is_in_the_context()
    {
        Turn("one", "old", MessageStatus.Completed);
        _messages[1] = _messages[1] with { SupersededBy = 3 };
        _messages.Add(new RoomMessage(3, Sender.Ai, "new", default, MessageStatus.Completed, ReplyTo: 1));
        Assert.Equal(["user one", "assistant new", "user three"], BuildContext(Plenty));
    }

    [Fact]
    public void The_context_follows_the_order_of_the_questions()
    {
        Turn("one", "old", MessageStatus.Completed);
        Turn("two", "second", MessageStatus.Completed);
        _messages[1] = _messages[1] with { SupersededBy = 5 };
        _messages.Add(new RoomMessage(5, Sender.Ai, "new", default, MessageStatus.Completed, ReplyTo: 1));
        Assert.Equal(["user one", "assistant new", "user two", "assistant second", "user three"], BuildContext(Plenty));
    }

    [Fact]
    public void A_question_whose_newest_reply_failed_is_not_in_the_context()
    {
        Turn("one", "old", MessageStatus.Completed);
        _messages[1] = _messages[1] with { SupersededBy = 3 };
        _messages.Add(new RoomMessage(3, Sender.Ai, "", default, MessageStatus.Failed, ReplyTo: 1));
        Assert.Equal(["user three"], BuildContext(Plenty));
    }

    [Fact]
    public void A_pending_regenerate_does_not_replace_the_earlier_reply_in_the_context()
    {
        Turn("one", "old", MessageStatus.Completed);
        var question = Turn("two", "", MessageStatus.Queued);
        _messages[1] = _messages[1] with { SupersededBy = 5 };
        _messages.Add(new RoomMessage(5, Sender.Ai, "", default, MessageStatus.Queued, ReplyTo: 1));
        Assert.Equal(["user one", "assistant old", "user two"], BuildContext(question, 4, Plenty));
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
        _tokens.Calibrate(bytes: 10_000, messages: 1, tokens: 10_000);
        Assert.Equal(["user near", "assistant y", "user three"], BuildContext(60));
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

    [Fact]
    public void An_earlier_reply_to_the_question_itself_is_not_in_the_context()
    {
        Turn("one", "first", MessageStatus.Completed);
        var question = Turn("two", "old", MessageStatus.Completed);
        Assert.Equal(["user one", "assistant first", "user two"], BuildContext(question, 5, Plenty));
    }

    private IEnumerable<string> BuildContext(int budget)
    {
        var question = Turn("three", "", MessageStatus.Queued);
        return BuildContext(question, question.Id + 1, budget);
    }

    private IEnumerable<string> BuildContext(RoomMessage question, long replyId, int budget) =>
        ConversationContext.Build(new Question(question, replyId, _messages), _tokens, budget)
            .Select(Line).Append($"user {question.Content}");

    private static string Line(ChatMessage message) => $"{message.Role.Value} {message.Text}";

    private RoomMessage Turn(string question, string answer, MessageStatus status, string? reason = null)
    {
        var id = _messages.Count + 1;
        var asked = new RoomMessage(id, Sender.User, question, default, MessageStatus.Completed);
        _messages.Add(asked);
        _messages.Add(new RoomMessage(id + 1, Sender.Ai, answer, default, status, ReplyTo: id, Reason: reason));
        return asked;
    }
}
