using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Users;

/// <summary>The signed-in user.</summary>
internal static class UserEndpoints
{
    private static readonly RenderCache<UserProfile, UserResponse> Profiles =
        new(UserResponse.Of, Json.Context.UserResponse);

    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        var user = app.MapGroup("/user").WithTags("User").RequireAuthorization();
        user.MapGet("/me", Me).Says("The signed-in user").Gives<UserResponse>().Refuses(401, 503);
        user.MapGet("/usage", Usage).Says("How many of today's messages are used").Gives<DailyUsageResponse>().Refuses(401, 503);
        user.MapPatch("/me", Rename).Says("Change the name").Gives<UserResponse>().Refuses(400, 401, 413, 415, 503);
        user.MapDeletion();
    }

    // Answers GET /auth/me as well. Not a documentation comment, which would become the route's summary.
    public static async Task<IResult> Me(Caller caller, IGrainFactory grains, HttpContext http)
    {
        var profile = await Patient.Ask(grains.User(caller.UserId), static user => user.GetProfile());
        return profile is null ? BearerTokens.Refusal(http) : new RenderedResult(Profiles.Of(profile));
    }

    private static async Task<IResult> Usage(Caller caller, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        var usage = await Patient.Ask(grains.User(caller.UserId), static user => user.GetUsage());
        if (usage is null)
        {
            return BearerTokens.Refusal(http);
        }

        DailyLimit.Tell(http.Response, usage, time);
        return TypedResults.Ok(DailyUsageResponse.Of(usage));
    }

    private static async Task<IResult> Rename(
        Body<UpdateUserRequest> body, Caller caller, IGrainFactory grains, HttpContext http)
    {
        if (body.Value is not { } request)
        {
            return body.Refusal;
        }

        var profile = await Patient.Ask(
            (User: grains.User(caller.UserId), request.Name.Value), static call => call.User.Rename(call.Value));
        return profile is null ? BearerTokens.Refusal(http) : new RenderedResult(Profiles.Of(profile));
    }
}
