using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Users;

/// <summary>The signed-in user.</summary>
internal static class UserEndpoints
{
    private static readonly InstanceCache<UserProfile, SerializedJson> Profiles =
        new(static profile => SerializedJson.Of(UserResponse.Of(profile), Json.Context.UserResponse));

    /// <summary>The signed-in user, as both routes answer it.</summary>
    public static RouteHandlerBuilder ProducesMe(this RouteHandlerBuilder route) => route
        .WithRequestHeader("If-None-Match").Produces(UserExamples.Me)
        .Produces(304, "Nothing has changed since the answer with this `ETag`.")
        .WithHeader(200, "ETag", Example.ETag).WithHeader(304, "ETag", Example.ETag);

    public static void AddUsers(this IServiceCollection services) => services.AddSingleton<AccountExportLimiter>();

    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        var user = app.MapGroup("/user").WithTags("User").RequireAuthorization().WithParameterValidation();
        user.MapGet("/me", Me).WithName("getMe").WithSummary("The signed-in user").WithDescription("Name, number and tier.").ProducesMe();
        user.MapGet("/usage", Usage).WithName("getUsage").WithSummary("How many of today's messages are used")
            .WithDescription("The count of the day, in UTC, and the limit of the tier. `RateLimit` says the same.")
            .Produces(UserExamples.Usage)
            .WithHeader(200, "RateLimit-Policy", "\"messages\";q=20;w=86400").WithHeader(200, "RateLimit", "\"messages\";r=17;t=43200");
        user.MapPatch("/me", Rename).WithName("renameMe").WithSummary("Change the name")
            .WithDescription("The name is what the user sees. No other user sees it.")
            .Accepts(UserExamples.Rename, UserExamples.InvalidRename).Produces(UserExamples.Me);
        user.MapAccountExport();
        user.MapUserSessions();
        user.MapUserDeletion();
    }

    // Answers GET /auth/me, too. A documentation comment would become the summary of the route.
    public static async Task<Results<SerializedJsonResult, Problem>> Me(Caller caller, IGrainFactory grains, HttpContext http)
    {
        var profile = await GrainCalls.RetryAsync(() => grains.User(caller.UserId).GetProfile(), http.RequestAborted);
        return profile is null ? JwtBearerSetup.Challenge(http) : new SerializedJsonResult(Profiles.GetOrAdd(profile), tagged: true);
    }

    private static async Task<Results<Ok<DailyUsageResponse>, Problem>> Usage(Caller caller, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        var usage = await GrainCalls.RetryAsync(() => grains.User(caller.UserId).GetUsage(), http.RequestAborted);
        if (usage is null)
        {
            return JwtBearerSetup.Challenge(http);
        }

        DailyLimit.WriteHeaders(http.Response, usage, time);
        return TypedResults.Ok(DailyUsageResponse.Of(usage));
    }

    private static async Task<Results<SerializedJsonResult, Problem>> Rename(
        JsonBody<UpdateUserRequest> body, Caller caller, IGrainFactory grains, HttpContext http)
    {
        var name = VisibleText.WithoutBidi(body.Value.Name.Value);
        var profile = await GrainCalls.RetryAsync(() => grains.User(caller.UserId).Rename(name), http.RequestAborted);
        return profile is null ? JwtBearerSetup.Challenge(http) : new SerializedJsonResult(Profiles.GetOrAdd(profile));
    }
}
