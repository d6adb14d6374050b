using System.Reflection;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Chatrooms;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>The chat in a path.</summary>
/// <param name="Id">The id that the client has chosen.</param>
/// <param name="UserId">The user.</param>
internal sealed record ChatPath(string Id, Guid UserId) : IValidatedParameter, IEndpointParameterMetadataProvider
{
    public const int MaxLength = 64;
    public const string Parameter = "chat_id";

    private static readonly Problem TooLong = Problems.BadRequest("The id of a chat must have 1 to 64 characters.");

    public Problem? Problem => Id.Length <= MaxLength && VisibleText.HasVisibleCharacter(Id) ? null : TooLong;

    public static ValueTask<ChatPath> BindAsync(HttpContext context) =>
        new(new ChatPath((string)context.Request.RouteValues[Parameter]!, ((UserPrincipal)context.User).UserId));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(Parameter, ParameterLocation.Path));
        builder.Metadata.Add(new ProblemResponse(TooLong));
    }

    /// <summary>
    /// The room of the chat. If the id is that of a room of the user, it is this room. Otherwise it is the room whose id is derived from the
    /// user and the chat's id. That room may not exist yet. Null if the id is that of a deleted room: it must not become a new one.
    /// </summary>
    public async Task<RoomPath?> FindRoom(IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (Guid.TryParseExact(Id, "D", out var roomId))
        {
            var room = RoomPath.To(grains, new RoomKey(UserId, roomId));
            var existence = await GrainCalls.RetryAsync(() => room.Grain.CheckExistence(), cancellationToken);
            if (existence is not RoomExistence.Absent)
            {
                return existence is RoomExistence.Exists ? room : null;
            }
        }

        return RoomPath.To(grains, new RoomKey(UserId, RoomIds.FromChatId(UserId, Id)));
    }

    /// <summary>The chat as it is stored; null if its room has been deleted.</summary>
    /// <param name="grains">Finds the room.</param>
    /// <param name="limit">The maximum number of messages.</param>
    /// <param name="before">Only messages with a lower id; null for the newest.</param>
    /// <param name="cancellationToken">Ends the repeats.</param>
    public async Task<StoredChat?> Read(IGrainFactory grains, int limit, long? before, CancellationToken cancellationToken)
    {
        if (await FindRoom(grains, cancellationToken) is not { } room)
        {
            return null;
        }

        var view = await GrainCalls.RetryAsync(() => room.Grain.ReadBranch(limit, before), cancellationToken);
        return view is null && await GrainCalls.RetryAsync(() => room.Grain.CheckExistence(), cancellationToken) is RoomExistence.Deleted
            ? null
            : new StoredChat(room, view);
    }
}

/// <summary>A chat as it is stored.</summary>
/// <param name="Room">Its room.</param>
/// <param name="View">A page of the shown branch; null before the first message.</param>
internal sealed record StoredChat(RoomPath Room, RoomView? View)
{
    /// <summary>The last message of the shown branch, if it is a reply that is being written.</summary>
    public RoomMessage? RunningReply => View?.Messages is [.., { Sender: Sender.Ai } last] && last.Status.IsPending() ? last : null;
}
