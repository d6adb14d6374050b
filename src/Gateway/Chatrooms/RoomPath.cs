using System.Globalization;
using System.Reflection;
using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>The room that a path names, for the user who asks. The owner is part of a room's key.</summary>
internal sealed class RoomPath : IValidatedParameter, IEndpointParameterMetadataProvider
{
    private readonly IChatroomGrain? _room;

    private RoomPath(string id, IChatroomGrain? room) => (Id, _room) = (id, room);

    /// <summary>The one answer to a room or message that is absent, another user's, or no id at all.</summary>
    public static Problem NotFound { get; } =
        new(StatusCodes.Status404NotFound, "There is no such chatroom or message.");

    /// <summary>The room's id, as it is in the path.</summary>
    public string Id { get; }

    public IChatroomGrain FindRoom => _room ?? throw new InvalidOperationException("The path names no room.");

    public Problem? Problem => _room is null ? NotFound : null;

    public static string Of(Guid roomId) => $"/chatroom/{roomId:D}";

    public static string Of(string roomId, long messageId) => $"/chatroom/{roomId}/message/{messageId}";

    public static RoomPath Bind(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        var grains = context.RequestServices.GetRequiredService<IGrainFactory>();
        return new(id, Guid.TryParseExact(id, "D", out var roomId)
            ? grains.Chatroom(new RoomKey(((UserPrincipal)context.User).UserId, roomId))
            : null);
    }

    public static ValueTask<RoomPath> BindAsync(HttpContext context) => new(Bind(context));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter("id", ParameterLocation.Path));
        builder.Metadata.Add(new ProblemResponse(NotFound));
    }
}

/// <summary>The message that a path names.</summary>
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

    /// <summary>Reads a message's id, a positive number; null when the text is none.</summary>
    public static long? Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
}
