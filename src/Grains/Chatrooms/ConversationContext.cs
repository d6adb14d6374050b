using System.Text;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// What is sent to the model before a question: the finished turns of its branch, as many as fit the token budget.
/// </summary>
/// <remarks>
/// <para>
/// A turn is sent whole or not at all. Only replies that have text and are completed, stopped or cut at the length limit
/// are sent. All other replies are left out together with their questions, because a model refuses a history with empty
/// or refused turns.
/// </para>
/// <para>
/// The prompt begins where the prompt of the reply before it began, so that the model finds this beginning in its cache. When the
/// turns no longer fit, the oldest ones are left out, until three quarters of the budget are used. The result depends only on
/// the messages and on their stored counts, so it is the same after a restart.
/// </para>
/// </remarks>
internal sealed class ConversationContext
{
    private const int TokensOfImage = 1120;
    private const int BytesOfTextToken = 3;
    private const int BytesOfOtherToken = 500;

    private readonly ImmutableArray<ContextTurn> _turns;
    private readonly int _end;

    private ConversationContext(ImmutableArray<ContextTurn> turns, int end) => (_turns, _end) = (turns, end);

    /// <summary>Selects the turns to send.</summary>
    /// <param name="question">The message to answer, and the conversation before it.</param>
    /// <param name="instructions">The instructions to the model.</param>
    /// <param name="budget">The maximum number of tokens, including the question.</param>
    public static ConversationContext Create(Question question, string? instructions, int budget)
    {
        var turns = TurnsOf(question);
        var tokens = Calibrate(question, turns, instructions);
        var left = budget - tokens.Estimate(question.Message.Content) - EstimateFiles(question.Message, budget);
        var size = turns.Sum(Estimate);
        var first = 0;
        for (var limit = size > left ? left / 4 * 3 : left; first < turns.Length && size > limit; first++)
        {
            size -= Estimate(turns[first]);
        }

        return new ConversationContext(turns[first..], question.Skipped + question.Before.Length);

        int Estimate(ContextTurn turn) =>
            tokens.Estimate(turn.Message.Content) + EstimateFiles(turn.Message, budget) + tokens.Estimate(turn.Reply.Content);
    }

    /// <summary>
    /// How many messages at the beginning of the branch are not sent, if this many of the oldest turns are left out in addition.
    /// </summary>
    public int CountSkipped(int turns) => turns < _turns.Length ? _turns[turns].Position : _end;

    /// <summary>The turns as messages for a model. Roles alternate, and a user's message comes first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="userId">Whose files the messages have.</param>
    public IReadOnlyList<ChatMessage> ToMessages(string? model, Guid userId) =>
        [.. _turns.SelectMany(turn => (ChatMessage[])[FileContent.ToMessage(turn.Message, userId), ToMessage(turn.Reply, model)])];

    private static ImmutableArray<ContextTurn> TurnsOf(Question question)
    {
        var (messages, turns) = (question.Before, ImmutableArray.CreateBuilder<ContextTurn>());
        for (var i = 1; i < messages.Length; i++)
        {
            if (messages[i].ReplyTo == messages[i - 1].Id && IsIncluded(messages[i]))
            {
                turns.Add(new ContextTurn(messages[i - 1], messages[i], question.Skipped + i - 1));
            }
        }

        return turns.DrainToImmutable();
    }

    /// <summary>Whether a finished reply is sent to the model with later questions.</summary>
    public static bool IsIncluded(RoomMessage reply) =>
        VisibleText.HasVisibleCharacter(reply.Content)
        && (reply.Status is MessageStatus.Completed or MessageStatus.Stopped
            || (reply.Status is MessageStatus.Incomplete && reply.Reason == EndReasons.Length));

    /// <summary>Learns from the newest earlier prompt that the model has counted.</summary>
    private static TokenEstimator Calibrate(Question question, ImmutableArray<ContextTurn> turns, string? instructions)
    {
        var tokens = new TokenEstimator();
        for (var i = turns.Length - 1; i >= 0; i--)
        {
            if (turns[i].Reply is { Usage: { InputTokens: > 0 } usage, ContextSkipped: { } first } && first >= question.Skipped)
            {
                ImmutableArray<ContextTurn> sent = [.. turns[..i].Where(turn => turn.Position >= first)];
                if (sent.Append(turns[i]).Any(turn => !turn.Message.Attachments.IsDefaultOrEmpty))
                {
                    // The count is mostly that of the files, and says little about text.
                    break;
                }

                var bytes = sent.Sum(turn => Size(turn.Message) + Size(turn.Reply)) + Size(turns[i].Message) + Encoding.UTF8.GetByteCount(instructions ?? "");
                tokens.Calibrate(bytes, messages: (2 * sent.Length) + 1, usage.InputTokens);
                break;
            }
        }

        return tokens;
    }

    // Gemini 3 counts about this much for an image, a page, a second of video, or text. The size says little, so one file counts at most
    // a quarter of the budget, and all files of a message half of it. Otherwise, a long document would be forgotten with the next question.
    private static int EstimateFiles(RoomMessage message, int budget) => message.Attachments.IsDefaultOrEmpty
        ? 0
        : (int)Math.Min(budget / 2, message.Attachments.Sum(file => Math.Min(budget / 4, EstimateFile(file))));

    private static long EstimateFile(Attachment file) =>
        file.MediaType is UserFile.PlainText ? file.Size / BytesOfTextToken
        : file.MediaType.StartsWith("image/", StringComparison.Ordinal) ? TokensOfImage
        : file.Size / BytesOfOtherToken;

    private static long Size(RoomMessage message) => Encoding.UTF8.GetByteCount(message.Content);

    /// <summary>A reply in the parts in which the model sent it. Another model gets the text.</summary>
    private static ChatMessage ToMessage(RoomMessage reply, string? model)
    {
        if (reply.Parts.IsDefault || reply.PartsModel is null || reply.PartsModel != model)
        {
            return new ChatMessage(ChatRole.Assistant, reply.Content);
        }

        var contents = new List<AIContent>();
        var (texts, thoughts) = (0, 0);
        foreach (var part in reply.Parts)
        {
            if (part.Kind is ReplyPartKind.Thought)
            {
                // Thoughts cost tokens, and the model does not need them. A signature must stay with its part.
                if (part.Signature is not null)
                {
                    contents.Add(PartContents.Create(part.Kind, reply.Thoughts!.Substring(thoughts, part.Length), part.Signature));
                }

                thoughts += part.Length;
            }
            else if (part.Kind is not ReplyPartKind.Discarded)
            {
                contents.Add(PartContents.Create(part.Kind, reply.Content.Substring(texts, part.Length), part.Signature, part.Data));
                texts += part.Length;
            }
        }

        return new ChatMessage(ChatRole.Assistant, contents);
    }

    /// <summary>A message with its reply.</summary>
    /// <param name="Message">The message.</param>
    /// <param name="Reply">The reply.</param>
    /// <param name="Position">How many messages of the branch come before it.</param>
    private readonly record struct ContextTurn(RoomMessage Message, RoomMessage Reply, int Position);
}
