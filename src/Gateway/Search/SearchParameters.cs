using System.Buffers.Binary;
using System.Buffers.Text;
using System.Reflection;
using GeminiChat.Gateway.Chatrooms;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Search;

/// <summary>The query of a search.</summary>
/// <param name="Text">What to find.</param>
/// <param name="Limit">The most messages of a page.</param>
/// <param name="Before">Where the page starts; null for the first one.</param>
/// <param name="RoomId">The only room to search; null for all.</param>
/// <param name="Problem">Why the query is invalid.</param>
internal sealed record SearchParameters(string Text, int Limit, long? Before, Guid? RoomId, Problem? Problem)
    : IValidatedParameter, IEndpointParameterMetadataProvider
{
    private const int MaxTextLength = 256;
    private const int MaxPageLength = 50;

    private static readonly Problem BadText = Problems.BadRequest($"q must have 1 to {MaxTextLength} UTF-16 code units.");
    private static readonly Problem BadCursor = Problems.BadRequest("cursor must be one that next of this search gave.");
    private static readonly Problem BadRoom = Problems.BadRequest("room must be a chatroom's id.");

    public static ValueTask<SearchParameters> BindAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var text = query["q"].ToString();
        string? cursor = query["cursor"];
        string? room = query["room"];
        var badLimit = PageLimit.Parse(context.Request, MaxPageLength, out var limit);
        var before = Decode(cursor);
        Guid? roomId = Guid.TryParseExact(room, "D", out var id) ? id : null;
        var problem = text.Length is 0 or > MaxTextLength ? BadText
            : cursor is not null && before is null ? BadCursor
            : room is not null && roomId is null ? BadRoom
            : badLimit;
        return new(new SearchParameters(text, limit, before, roomId, problem));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter("q", ParameterLocation.Query));
        PageLimit.PopulateMetadata(builder, MaxPageLength);
        builder.Metadata.Add(new RequestParameter("cursor", ParameterLocation.Query, "Where to read on, as `next` gave it."));
        builder.Metadata.Add(new RequestParameter("room", ParameterLocation.Query));
        builder.Metadata.Add(new ProblemResponse(BadText));
        builder.Metadata.Add(new ProblemResponse(BadCursor));
        builder.Metadata.Add(new ProblemResponse(BadRoom));
    }

    /// <summary>The cursor of the messages before a position. It is opaque to clients.</summary>
    public static string Encode(long before)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, before);
        return Base64Url.EncodeToString(bytes);
    }

    public MessageSearch ToSearch() => new(Text, Limit, Before, RoomId);

    private static long? Decode(string? cursor)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        return cursor is not null && Base64UrlText.TryDecode(cursor, bytes) ? BinaryPrimitives.ReadInt64BigEndian(bytes) : null;
    }
}
