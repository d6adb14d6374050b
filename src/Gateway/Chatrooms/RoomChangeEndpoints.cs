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
        room.MapPatch("", Update).Says("Change a room's name or system prompt").Takes("If-Match", IfMatch.Meaning)
            .Gives<UpdatedRoomResponse>().Refuses(400, 401, 404, 412, 413, 415, 503);
        room.MapDelete("", Delete).Says("Delete a room for good").Gives(204).Refuses(401, 404, 503);
        room.MapGet("/export", RoomExport.Export).Says("Download a room as JSON or Markdown").Gives<RoomViewResponse>()
            .Streams(ExportForms.Markdown).Refuses(400, 401, 404, 503);
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

        switch (await Patient.Ask((room, Patch: request.ToPatch(versions)), static call => call.room.Update(call.Patch)))
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

    private static async Task<IResult> Delete(string id, Caller caller, IGrainFactory grains)
    {
        var room = grains.Room(caller.UserId, id);
        var isDeleted = room is not null && await Patient.Ask(room, static room => room.Delete());
        return isDeleted ? TypedResults.NoContent() : RoomAddress.Absent;
    }
}
