using System.Globalization;
using System.Reflection;
using GeminiChat.Gateway.Chatrooms;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Shares;

/// <summary>A share to make.</summary>
/// <param name="ExpiresAt">When it ends, in the future; null or absent for never.</param>
internal sealed record CreateShareRequest(DateTimeOffset? ExpiresAt = null) : IRequestBody
{
    public static IRequestBody? WhenAbsent { get; } = new CreateShareRequest();

    /// <summary>To the millisecond, as times are stored.</summary>
    public DateTimeOffset? ToExpiry() =>
        ExpiresAt is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()) : null;
}

/// <summary>The share in a path.</summary>
internal sealed class SharePath : IValidatedParameter, IEndpointParameterMetadataProvider
{
    /// <summary>The path of the page of a share, without the token.</summary>
    public const string Page = "/s/";

    private SharePath(RoomPath room, Guid? shareId) => (Room, ShareId, Problem) =
        (room, shareId ?? Guid.Empty, room.Problem is null && shareId is not null ? null : NotFound);

    /// <summary>The same for an absent room or share, one of another user, and a malformed id.</summary>
    public static Problem NotFound { get; } = new(StatusCodes.Status404NotFound, "There is no such chatroom or share.");

    public RoomPath Room { get; }

    public Guid ShareId { get; }

    public Problem? Problem { get; }

    public static string ListOf(string roomId) => $"/chatroom/{roomId}/shares";

    public static string Of(string roomId, Guid shareId) => $"{ListOf(roomId)}/{shareId:D}";

    public static ValueTask<SharePath> BindAsync(HttpContext context) => new(new SharePath(
        RoomPath.Bind(context), Guid.TryParseExact((string)context.Request.RouteValues["share_id"]!, "D", out var id) ? id : null));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter("id", ParameterLocation.Path));
        builder.Metadata.Add(new RequestParameter("share_id", ParameterLocation.Path));
        builder.Metadata.Add(new ProblemResponse(NotFound));
    }
}

/// <summary>The query for a page of the shares of a room.</summary>
/// <param name="Limit">The most shares.</param>
/// <param name="Cursor">The last share of the page before; null for the first page.</param>
/// <param name="Problem">Why the query is invalid.</param>
internal sealed record ShareListQuery(int Limit, (DateTimeOffset CreatedAt, Guid Id)? Cursor, Problem? Problem)
    : IValidatedParameter, IEndpointParameterMetadataProvider
{
    public bool IsAfterCursor(RoomShare share) =>
        Cursor is not { } last || (share.CreatedAt, share.Id).CompareTo(last) < 0;

    public static string ToCursor(RoomShare last) =>
        string.Create(CultureInfo.InvariantCulture, $"{last.CreatedAt.ToUnixTimeMilliseconds()}-{last.Id:N}");

    public static ValueTask<ShareListQuery> BindAsync(HttpContext context)
    {
        var problem = PageLimit.Parse(context.Request, IShareGrain.MaxShares, out var limit);
        string? text = context.Request.Query["cursor"];
        var cursor = text is null ? null : ParseCursor(text);
        return new(new ShareListQuery(limit, cursor, problem ?? (text is not null && cursor is null ? ChatroomProblems.BadCursor : null)));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        PageLimit.PopulateMetadata(builder, IShareGrain.MaxShares);
        builder.Metadata.Add(new RequestParameter("cursor", ParameterLocation.Query));
    }

    private static (DateTimeOffset CreatedAt, Guid Id)? ParseCursor(string text) =>
        text.Split('-') is [var time, var id]
        && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        && Guid.TryParseExact(id, "N", out var shareId)
            ? (DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), shareId)
            : null;
}

/// <summary>The token in a path, and where to read on.</summary>
/// <param name="TokenHash">The hash of the token.</param>
/// <param name="After">Only messages after this one; 0 for the first page.</param>
/// <param name="Problem">Why the query is invalid.</param>
internal sealed record SharedQuery(string TokenHash, long After, Problem? Problem) : IValidatedParameter, IEndpointParameterMetadataProvider
{
    private const string CursorDescription = "Where to read on, as `next` of an answer gave it.";

    private static readonly Problem BadCursor = Problems.BadRequest("cursor must be the next of an earlier answer.");

    public static ValueTask<SharedQuery> BindAsync(HttpContext context)
    {
        var hash = ShareTokens.TryHash((string)context.Request.RouteValues["token"]!);
        string? text = context.Request.Query["cursor"];
        var after = text is null ? 0 : MessagePath.Parse(text);
        return new(new SharedQuery(hash ?? "", after ?? 0, hash is null ? ShareProblems.NotShared : after is null ? BadCursor : null));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter("token", ParameterLocation.Path));
        builder.Metadata.Add(new RequestParameter("cursor", ParameterLocation.Query, CursorDescription));
        builder.Metadata.Add(new ProblemResponse(BadCursor));
    }
}
