using System.Globalization;
using System.Reflection;
using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>The room in a path. The user of the token is part of the room's key.</summary>
internal sealed class RoomPath : IValidatedParameter, IEndpointParameterMetadataProvider
{
    private readonly IChatroomGrain? _room;

    private RoomPath(string id, RoomKey key, IChatroomGrain? room) => (Id, Key, _room) = (id, key, room);

    /// <summary>The same for an absent room or message, one of another user, and a malformed id.</summary>
    public static Problem NotFound { get; } =
        new(StatusCodes.Status404NotFound, "There is no such chatroom or message.") { Type = ProblemTypes.ChatGone };

    public string Id { get; }

    public RoomKey Key { get; }

    public IChatroomGrain Grain => _room ?? throw new InvalidOperationException("The path names no room.");

    public Problem? Problem => _room is null ? NotFound : null;

    public static string Of(Guid roomId) => $"/chatroom/{roomId:D}";

    public static string Of(string roomId, long messageId) => $"/chatroom/{roomId}/message/{messageId}";

    /// <summary>A room that is not named by the path itself.</summary>
    public static RoomPath To(IGrainFactory grains, RoomKey key) => new(key.RoomId.ToString("D"), key, grains.Chatroom(key));

    public static RoomPath Bind(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (!Guid.TryParseExact(id, "D", out var roomId))
        {
            return new(id, default, room: null);
        }

        var key = new RoomKey(((UserPrincipal)context.User).UserId, roomId);
        return new(id, key, context.RequestServices.GetRequiredService<IGrainFactory>().Chatroom(key));
    }

    public static ValueTask<RoomPath> BindAsync(HttpContext context) => new(Bind(context));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter("id", ParameterLocation.Path));
        builder.Metadata.Add(new ProblemResponse(NotFound));
    }
}

internal sealed class MessagePath : IValidatedParameter, IEndpointParameterMetadataProvider
{
    private MessagePath(RoomPath room, long? messageId) =>
        (Room, MessageId, Problem) = (room, messageId ?? 0, room.Problem ?? (messageId is null ? RoomPath.NotFound : null));

    public RoomPath Room { get; }

    public long MessageId { get; }

    public Problem? Problem { get; }

    public static ValueTask<MessagePath> BindAsync(HttpContext context) =>
        new(new MessagePath(RoomPath.Bind(context), Parse((string)context.Request.RouteValues["mid"]!)));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        RoomPath.PopulateMetadata(parameter, builder);
        builder.Metadata.Add(new RequestParameter("mid", ParameterLocation.Path));
    }

    /// <summary>Reads the id of a message, a positive number; null if the text is not one.</summary>
    public static long? Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
}
