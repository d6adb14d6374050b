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
    /// user and the chat's id. That room may not exist yet.
    /// </summary>
    public async Task<RoomPath> FindRoom(IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (Guid.TryParseExact(Id, "D", out var roomId))
        {
            var room = RoomPath.To(grains, new RoomKey(UserId, roomId));
            if (await GrainCalls.RetryAsync(() => room.Grain.Read(limit: 1, before: null), cancellationToken) is not null)
            {
                return room;
            }
        }

        return RoomPath.To(grains, new RoomKey(UserId, RoomIds.FromChatId(UserId, Id)));
    }
}
