using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Search;

/// <summary>The search in a user's messages.</summary>
internal static class SearchEndpoints
{
    private const string Description = """
        A message is found that has all words of `q`, whatever their case and accents. Words in double quotes must stand
        together; the last word may be the beginning of a longer one if it has two letters. Languages without spaces are found too. A
        message can be found from its acceptance on, a reply from its end on; newest first in this order. Temporary rooms are not searched.

        `snippet` is a part of the message around the first match. `highlights` are the positions of the matches in it, each as
        start and end in UTF-16 code units. `next` is the `cursor` of the next page; it is absent on the last one.
        """;

    private static readonly Problem InvalidText =
        Problems.BadRequest("q has no word, or more than 16 words and phrases, or more than 64 words. A word is letters and digits.", ProblemTypes.SearchWords);

    private static readonly Problem TimedOut = Problems.BadRequest("The search takes longer than 3 seconds. Use fewer or rarer words.", ProblemTypes.SearchSlow);

    private static readonly Problem TooManySearches = new(
        StatusCodes.Status429TooManyRequests,
        $"{IUserGrain.MaxSearches} of your searches are running. Send this one when some have ended.",
        retryAfter: 1)
    { Type = ProblemTypes.RequestRate };

    public static void MapSearch(this IEndpointRouteBuilder app) =>
        app.MapGroup("/search").WithTags("Search").RequireAuthorization().WithParameterValidation()
            .MapGet("", Search).WithName("searchMessages").WithSummary("Find messages by their words").WithDescription(Description)
            .Produces(SearchExamples.Page).ProducesProblem(InvalidText, TimedOut, TooManySearches).Compress();

    private static async Task<Results<SerializedJsonResult, Problem>> Search(
        SearchParameters query, Caller caller, IGrainFactory grains, HttpContext http) =>
        await GrainCalls.RetryAsync(() => grains.User(caller.UserId).Search(query.ToSearch()), http.RequestAborted) switch
        {
            SearchOutcome.Found found => new SerializedJsonResult(SerializedJson.Of(SearchResponse.Of(found), Json.Context.SearchResponse)),
            SearchOutcome.InvalidText => InvalidText,
            SearchOutcome.TimedOut => TimedOut,
            SearchOutcome.TooManySearches => TooManySearches,
            SearchOutcome.UserAbsent => JwtBearerSetup.Challenge(http),
            var other => throw new NotSupportedException(other.GetType().Name),
        };
}
