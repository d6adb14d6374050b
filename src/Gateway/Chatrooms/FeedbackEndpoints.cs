using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>What a user thinks of a reply.</summary>
internal static class FeedbackEndpoints
{
    public static void MapFeedback(this IEndpointRouteBuilder app)
    {
        var feedback = app.MapGroup("/chatroom/{id}/message/{mid}/feedback").WithTags("Messages").RequireAuthorization().WithParameterValidation()
            .ProducesProblem(ChatroomProblems.ReplyUnfinished);
        feedback.MapPut("", Put).WithName("putFeedback").WithSummary("Say what you think of a reply, in place of what you said before")
            .WithDescription("It is stored and shown with the reply. The model never sees it.")
            .Accepts(MessageExamples.Feedback, MessageExamples.InvalidFeedback).Produces(MessageExamples.Rated);
        feedback.MapDelete("", Delete).WithName("deleteFeedback").WithSummary("Take back what you said of a reply")
            .WithDescription("Also if there was none.")
            .Produces(204, "There is none.");
    }

    private static async Task<Results<Ok<MessageResponse>, Problem>> Put(JsonBody<FeedbackRequest> body, MessagePath path, HttpContext http) =>
        await Set(path, body.Value.ToFeedback(), http) switch
        {
            null => RoomPath.NotFound,
            { Status: var status } when status.IsPending() => ChatroomProblems.ReplyUnfinished,
            var reply => TypedResults.Ok(MessageResponse.Of(reply)),
        };

    private static async Task<Results<NoContent, Problem>> Delete(MessagePath path, HttpContext http) => await Set(path, null, http) switch
    {
        null => RoomPath.NotFound,
        { Status: var status } when status.IsPending() => ChatroomProblems.ReplyUnfinished,
        _ => TypedResults.NoContent(),
    };

    private static Task<RoomMessage?> Set(MessagePath path, MessageFeedback? feedback, HttpContext http) =>
        GrainCalls.RetryAsync(() => path.Room.Grain.SetFeedback(path.MessageId, feedback), http.RequestAborted);
}

/// <summary>What to store of a reply.</summary>
/// <param name="Rating"><c>up</c> or <c>down</c>.</param>
/// <param name="Comment">Why, in the user's words.</param>
internal sealed record FeedbackRequest(
    [property: Required, AllowedValues(FeedbackResponse.Up, FeedbackResponse.Down, ErrorMessage = "{0} must be up or down.")] string? Rating,
    [property: StringLength(SizeLimits.MaxFeedbackCommentLength, MinimumLength = 1), Visible] string? Comment = null) : IRequestBody
{
    public MessageFeedback ToFeedback() => new(Rating is FeedbackResponse.Up, Comment);
}

/// <summary>What the user thinks of a reply.</summary>
/// <param name="Rating"><c>up</c> or <c>down</c>.</param>
/// <param name="Comment">Why, in the user's words.</param>
internal sealed record FeedbackResponse([property: AllowedValues(FeedbackResponse.Up, FeedbackResponse.Down)] string Rating, string? Comment = null)
{
    public const string Up = "up";
    public const string Down = "down";

    public static FeedbackResponse? Of(MessageFeedback? feedback) =>
        feedback is null ? null : new(feedback.IsPositive ? Up : Down, feedback.Comment);
}
