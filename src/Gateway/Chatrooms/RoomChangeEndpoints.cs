using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>What a user does to a room as a whole.</summary>
internal static class RoomChangeEndpoints
{
    public static void MapRoomChanges(this IEndpointRouteBuilder app)
    {
        var room = app.MapGroup("/chatroom/{id}").WithTags("Chatrooms").RequireAuthorization();
        room.MapPatch("", Update).Says("updateRoom", "Change a room's name or system prompt").Heeds("If-Match")
            .Takes(RoomExamples.Update, RoomExamples.FlawedUpdate).Gives(RoomExamples.Updated).Sends(200, "ETag", IfMatch.Tag(4))
            .Refuses(IfMatch.Malformed, RoomAddress.Absent, ChatroomProblems.Outdated);
        room.MapDelete("", Delete).Says("deleteRoom", "Delete a room for good").Gives(204, "Deleted.").Refuses(RoomAddress.Absent);
        room.MapGet("/export", RoomExport.Export).Says("exportRoom", "Download a room as JSON or Markdown").VariesByAccept()
            .Gives(RoomExamples.View).Streams(ExportForms.Markdown, ("conversation", () => RoomExamples.Markdown))
            .Sends(200, "Content-Disposition", RoomExport.Disposition(RoomExamples.Name, "md"))
            .Refuses(RoomExport.BadFormat, RoomAddress.Absent);
    }

    private static async Task<IResult> Update(
        string id, Body<UpdateRoomRequest> body, Caller caller, IGrainFactory grains, HttpContext http)
    {
        if (!IfMatch.TryRead(http.Request, out var versions, out var problem))
        {
            return problem;
        }

        if (body.Value is not { } request)
        {
            return body.Refusal;
        }

        if (grains.Room(caller.UserId, id) is not { } room)
        {
            return RoomAddress.Absent;
        }

        var call = (room, Patch: request.ToPatch(versions));
        switch (await Patient.Ask(call, static call => call.room.Update(call.Patch), http.RequestAborted))
        {
            case UpdateRoomOutcome.Updated updated:
                http.Response.Headers.ETag = IfMatch.Tag(updated.Room.Version);
                return TypedResults.Ok(UpdatedRoomResponse.Of(updated.Room, updated.SystemPrompt));
            case UpdateRoomOutcome.Outdated:
                return ChatroomProblems.Outdated;
            case UpdateRoomOutcome.RoomAbsent:
                return RoomAddress.Absent;
            case var other:
                throw new NotSupportedException(other.GetType().Name);
        }
    }

    private static async Task<IResult> Delete(string id, Caller caller, IGrainFactory grains, HttpContext http)
    {
        var room = grains.Room(caller.UserId, id);
        var isDeleted = room is not null && await Patient.Ask(room, static room => room.Delete(), http.RequestAborted);
        return isDeleted ? TypedResults.NoContent() : RoomAddress.Absent;
    }
}
