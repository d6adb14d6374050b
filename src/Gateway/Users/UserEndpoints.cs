using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Users;

/// <summary>The signed-in user.</summary>
internal static class UserEndpoints
{
    private static readonly RenderCache<UserProfile, Rendered> Profiles =
        new(static profile => Rendered.Of(UserResponse.Of(profile), Json.Context.UserResponse));

    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        var user = app.MapGroup("/user").WithTags("User").RequireAuthorization();
        user.MapGet("/me", Me).Says("getMe", "The signed-in user").Gives(UserExamples.Me);
        user.MapGet("/usage", Usage).Says("getUsage", "How many of today's messages are used").Gives(UserExamples.Usage)
            .Sends(200, "RateLimit-Policy", "\"messages\";q=20;w=86400").Sends(200, "RateLimit", "\"messages\";r=17;t=43200");
        user.MapPatch("/me", Rename).Says("renameMe", "Change the name")
            .Takes(UserExamples.Rename, UserExamples.FlawedRename).Gives(UserExamples.Me);
        user.MapUserSessions();
        user.MapDeletion();
    }

    // Answers GET /auth/me as well. Not a documentation comment, which would become the route's summary.
    public static async Task<IResult> Me(Caller caller, IGrainFactory grains, HttpContext http)
    {
        var profile = await Patient.Ask(grains.User(caller.UserId), static user => user.GetProfile(), http.RequestAborted);
        return profile is null ? BearerTokens.Refusal(http) : new RenderedResult(Profiles.Of(profile));
    }

    private static async Task<IResult> Usage(Caller caller, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        var usage = await Patient.Ask(grains.User(caller.UserId), static user => user.GetUsage(), http.RequestAborted);
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
            (User: grains.User(caller.UserId), Name: VisibleText.WithoutBidi(request.Name.Value)),
            static call => call.User.Rename(call.Name),
            http.RequestAborted);
        return profile is null ? BearerTokens.Refusal(http) : new RenderedResult(Profiles.Of(profile));
    }
}
