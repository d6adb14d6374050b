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

    private IEnumerable<string> BuildContext(int budget)
    {
        var question = new RoomMessage(_messages.Count + 1, Sender.User, "three", default, MessageStatus.Completed);
        return ConversationContext.Build(new Question(question, [.. _messages]), _tokens, budget).Select(Line).Append("user three");
    }

    private static string Line(ChatMessage message) => $"{message.Role.Value} {message.Text}";

    private void Turn(string question, string answer, MessageStatus status, string? reason = null)
    {
        var id = _messages.Count + 1;
        _messages.Add(new RoomMessage(id, Sender.User, question, default, MessageStatus.Completed));
        _messages.Add(new RoomMessage(id + 1, Sender.Ai, answer, default, status, ReplyTo: id, Reason: reason));
    }
}
