using System.Net.Mime;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Settings;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Shares;

/// <summary>The shares of a room, and what everybody with the token of one may read.</summary>
internal static class ShareEndpoints
{
    private const string SharedDescription =
        "The branch that the room showed when the share was made, with nothing else of the room. The share may have ended, "
        + "expired, or been deleted with its room or its user: then this is a 404.";

    public static void AddShares(this IServiceCollection services) => services.AddSingleton<ShareTokens>();

    public static void MapShares(this IEndpointRouteBuilder app)
    {
        var shares = app.MapGroup("/chatroom/{id}/shares").WithTags("Shares").RequireAuthorization().WithParameterValidation();
        shares.MapPost("", Create).WithName("createShare").WithSummary("Share the shown branch of a room: everybody with the url may read it")
            .WithDescription("The share shows the branch as it is now: later messages and edits are not in it.")
            .Accepts(ShareExamples.Create).Produces(ShareExamples.Created, 201)
            .WithHeader(201, "Location", SharePath.Of(Example.RoomId.ToString(), Example.ShareId))
            .ProducesProblem(ShareProblems.AlreadyExpired, ShareProblems.BadHost, ShareProblems.RoomEmpty, ShareProblems.ReplyPending)
            .ProducesProblem(ShareProblems.TooManyShares, ShareProblems.Ended, ShareProblems.KeyReused);
        shares.MapGet("", List).WithName("listShares").WithSummary("List the active shares of a room, newest first")
            .WithDescription("Without their tokens, which are shown only once.")
            .Produces(ShareExamples.List).WithHeader(200, "Link", ShareExamples.NextShares).ProducesProblem(ChatroomProblems.BadCursor);
        shares.MapDelete("/{share_id}", End).WithName("endShare").WithSummary("End a share at once")
            .WithDescription("Its address then answers 404.")
            .Produces(204, "Ended.");

        var shared = app.MapGroup("").WithTags("Shares").RequireAuthRateLimiting(AuthRateLimiter.SharesPolicy)
            .AddEndpointFilter(SharePage.AddHeaders).WithParameterValidation();
        shared.MapGet("/shared/{token}", Read).WithName("readShared").WithSummary("Read a shared conversation")
            .WithDescription(SharedDescription).Produces(ShareExamples.Shared).ProducesProblem(ShareProblems.NotShared).Compress();
        shared.MapGet(SharePath.Page + "{token}", SharePage.Show).WithName("showShared").WithSummary("The page of a shared conversation")
            .WithDescription(SharedDescription).ProducesText(MediaTypeNames.Text.Html, ("page", () => ShareExamples.Page))
            .ProducesProblem(ShareProblems.NotShared).Compress();
    }

    private static async Task<Results<Created<CreatedShareResponse>, Problem>> Create(
        IdempotencyKey key, JsonBody<CreateShareRequest> body, RoomPath path, ShareTokens tokens, IOptions<PublicUrlOptions> address,
        IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        if ((address.Value.PublicUrl ?? PublicUrlOptions.OriginOf(http.Request)) is not { } origin)
        {
            return ShareProblems.BadHost;
        }

        // The id is chosen before the call, so a repeated call gets the same share even without a key. The token is computed from
        // the id and the time, so a share that is made again after its end has another one.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var id = key.Value is { } chosen ? RoomIds.FromIdempotencyKey(path.Key, chosen) : RoomIds.New(time);
        var share = new NewShare(id, ShareTokens.Hash(tokens.Create(id, now)), now, body.Value.ToExpiry());
        return await GrainCalls.RetryAsync(() => grains.Shares().Create(path.Key, share), http.RequestAborted) switch
        {
            CreateShareOutcome.Created { Share: var created } => tokens.Find(created) is { } token
                ? TypedResults.Created(SharePath.Of(path.Id, id), CreatedShareResponse.Of(created, token, origin))
                : ShareProblems.Ended,
            CreateShareOutcome.Ended => ShareProblems.Ended,
            CreateShareOutcome.AlreadyExpired => ShareProblems.AlreadyExpired,
            CreateShareOutcome.KeyReused => ShareProblems.KeyReused,
            CreateShareOutcome.TooManyShares => ShareProblems.TooManyShares,
            CreateShareOutcome.RoomEmpty => ShareProblems.RoomEmpty,
            CreateShareOutcome.ReplyPending => ShareProblems.ReplyPending,
            CreateShareOutcome.RoomAbsent => RoomPath.NotFound,
            var other => throw new NotSupportedException(other.GetType().Name),
        };
    }

    private static async Task<Results<SerializedJsonResult, Problem>> List(
        ShareListQuery query, RoomPath path, IGrainFactory grains, HttpContext http)
    {
        if (await GrainCalls.RetryAsync(() => grains.Shares().List(path.Key), http.RequestAborted) is not { } all)
        {
            return RoomPath.NotFound;
        }

        var shares = all.OrderByDescending(share => share.CreatedAt).ThenByDescending(share => share.Id).Where(query.IsAfterCursor).ToList();
        var page = shares[..Math.Min(query.Limit, shares.Count)];
        var link = page.Count < shares.Count
            ? $"<{SharePath.ListOf(path.Id)}?limit={query.Limit}&cursor={ShareListQuery.ToCursor(page[^1])}>; rel=\"next\""
            : null;
        var body = SerializedJson.Of([.. page.Select(ShareResponse.Of)], Json.Context.ImmutableArrayShareResponse);
        return new SerializedJsonResult(body, link);
    }

    private static async Task<Results<NoContent, Problem>> End(SharePath path, IGrainFactory grains, HttpContext http) =>
        await GrainCalls.RetryAsync(() => grains.Shares().End(path.Room.Key, path.ShareId), http.RequestAborted)
            ? TypedResults.NoContent()
            : SharePath.NotFound;

    private static async Task<Results<SerializedJsonResult, Problem>> Read(SharedQuery query, IGrainFactory grains, HttpContext http) =>
        await SharedConversation.ReadAsync(query, grains, http.RequestAborted) is { } shared
            ? new SerializedJsonResult(SerializedJson.Of(SharedResponse.Of(shared), Json.Context.SharedResponse))
            : ShareProblems.NotShared;
}
