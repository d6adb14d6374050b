using System.Globalization;
using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Gateway.Shares;

/// <summary>A share that was just made. Its token is shown here only, because it is not stored.</summary>
/// <param name="Id">To end it by.</param>
/// <param name="Url">The page that everybody may read who has this address.</param>
/// <param name="Token">The last part of <c>url</c>, for <c>GET /shared/{token}</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends; absent for never.</param>
internal sealed record CreatedShareResponse(Guid Id, string Url, string Token, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public static CreatedShareResponse Of(RoomShare share, string token, string origin) =>
        new(share.Id, $"{origin}{SharePath.Page}{token}", token, share.CreatedAt, share.ExpiresAt);
}

/// <summary>A share in the list of a room.</summary>
/// <param name="Id">To end it by.</param>
/// <param name="Name">The room's name when it was shared.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends; absent for never.</param>
internal sealed record ShareResponse(Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public static ShareResponse Of(RoomShare share) => new(share.Id, share.Name, share.CreatedAt, share.ExpiresAt);
}

/// <summary>A share in the export of an account.</summary>
/// <param name="Id">The share's id.</param>
/// <param name="RoomId">The room.</param>
/// <param name="Name">The room's name when it was shared.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends; absent for never.</param>
internal sealed record ExportedShareResponse(Guid Id, Guid RoomId, string Name, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public static ExportedShareResponse Of(RoomShare share) =>
        new(share.Id, share.Room.RoomId, share.Name, share.CreatedAt, share.ExpiresAt);
}

/// <summary>A page of a shared conversation.</summary>
/// <param name="Name">The room's name when it was shared.</param>
/// <param name="CreatedAt">When it was shared.</param>
/// <param name="Messages">In the order of the conversation.</param>
/// <param name="Next">The <c>cursor</c> of the next page; absent on the last one.</param>
internal sealed record SharedResponse(string Name, DateTimeOffset CreatedAt, ImmutableArray<SharedMessageResponse> Messages, string? Next)
{
    public static SharedResponse Of(SharedConversation shared) => new(
        shared.Share.Name,
        shared.Share.CreatedAt,
        ImmutableArray.CreateRange(shared.Messages, SharedMessageResponse.Of),
        shared.Next?.ToString(CultureInfo.InvariantCulture));
}

/// <summary>One message of a shared conversation. It has no member that says anything of its owner or of other branches.</summary>
/// <param name="Id">Counts up.</param>
/// <param name="Sender"><c>user</c> or <c>ai</c>.</param>
/// <param name="Content">The text.</param>
/// <param name="Timestamp">When it was accepted.</param>
/// <param name="Status"><c>completed</c>, <c>stopped</c>, <c>incomplete</c> or <c>failed</c>.</param>
/// <param name="Sources">Of a reply, the web pages that it is based on.</param>
/// <param name="Citations">Of a reply, which text is based on which sources.</param>
/// <param name="SearchSuggestions">Of a reply, HTML from Google that must be shown with it, unchanged.</param>
internal sealed record SharedMessageResponse(
    long Id,
    [property: EnumNames<Sender>] string Sender,
    string Content,
    DateTimeOffset Timestamp,
    [property: EnumNames<MessageStatus>] string Status,
    ImmutableArray<SourceResponse>? Sources = null,
    ImmutableArray<CitationResponse>? Citations = null,
    string? SearchSuggestions = null)
{
    public static SharedMessageResponse Of(RoomMessage message)
    {
        var full = MessageResponse.Of(message);
        return new(full.Id, full.Sender, full.Content, full.Timestamp, full.Status, full.Sources, full.Citations, full.SearchSuggestions);
    }
}
