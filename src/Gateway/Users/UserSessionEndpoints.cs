using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Users;

/// <summary>The devices that the user is signed in at.</summary>
internal static class UserSessionEndpoints
{
    private const string Description =
        "A session begins with a sign-in, and ends with a logout or after 30 days. Its `device` is derived from the `User-Agent` of the sign-in. "
        + "Browsers name themselves there, and an app can name its system, as in `MyApp/1.0 (Android)`.";

    private static readonly Problem Absent = new(StatusCodes.Status404NotFound, "You have no such session.");

    public static void MapUserSessions(this IEndpointRouteBuilder user)
    {
        user.MapGet("/sessions", List).WithName("listSessions").WithSummary("The sessions that go on, the one that was used last first")
            .WithDescription(Description)
            .Produces(UserExamples.Sessions);
        user.MapDelete("/sessions/{sid}", End).WithName("endSession").WithSummary("End a session; ending the current one is a logout")
            .WithDescription("Its tokens are refused within seconds, and its event streams end.")
            .Produces(204, "Ended.").ProducesProblem(Absent);
    }

    private static async Task<Results<Ok<ImmutableArray<UserSessionResponse>>, Problem>> List(Caller caller, IGrainFactory grains, HttpContext http) =>
        await Load(caller, grains, http) is { } list
            ? TypedResults.Ok(list.Sessions.Select(session => Response(session, caller)).ToImmutableArray())
            : JwtBearerSetup.Challenge(http);

    private static async Task<Results<NoContent, Problem>> End(string sid, Caller caller, IGrainFactory grains, HttpContext http)
    {
        if (await Load(caller, grains, http) is not { } list)
        {
            return JwtBearerSetup.Challenge(http);
        }

        if (!Guid.TryParseExact(sid, "D", out var sessionId) || list.Sessions.All(session => session.Id != sessionId))
        {
            return Absent;
        }

        await GrainCalls.RetryAsync(() => grains.UserSecurity(caller.UserId).EndSession(sessionId), http.RequestAborted);
        caller.Principal.SessionCheckedAt = 0;
        return TypedResults.NoContent();
    }

    private static Task<SessionList?> Load(Caller caller, IGrainFactory grains, HttpContext http) =>
        GrainCalls.RetryAsync(() => grains.UserSecurity(caller.UserId).ListSessions(), http.RequestAborted);

    private static UserSessionResponse Response(SessionSummary session, Caller caller) =>
        new(
        session.Id,
        UserAgent.ToDeviceName(session.UserAgent),
        session.StartedAt,
        session.LastUsedAt,
        session.Id == caller.Principal.SessionId);
}
