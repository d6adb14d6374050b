using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Users;

/// <summary>Deletes accounts.</summary>
internal static class UserDeletionEndpoints
{
    private const string DeletionDescription = """
        For good: all sessions end, the subscription is canceled, rooms and profile are erased, and the number may sign up
        anew. Give either the password or a one-time code from `POST /auth/send-otp`. A user who signs in with another service
        gives neither: the last sign-in, as the token says, must be at most ten minutes ago. The next token makes a new user.
        """;

    private static readonly Problem NoProof = Problems.BadRequest(DeleteUserRequest.OnlyOneProof);
    private static readonly TimeSpan MaxSignInAge = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    public static void MapUserDeletion(this IEndpointRouteBuilder user) =>
        user.MapDelete("/me", Delete).RequireAuthRateLimiting().WithName("deleteMe").WithSummary("Delete the account").WithDescription(DeletionDescription)
            .Accepts(UserExamples.Delete, UserExamples.InvalidDelete).Produces(204, "Deleted.")
            .ProducesProblem(AuthProblems.WrongOwnPassword, AuthProblems.WrongCode, AuthProblems.SignInTooOld, AuthProblems.Busy)
            .ProducesProblem(AuthProblems.TooManyWrongPasswords(AuthExamples.RetryAfter));

    private static async Task<Results<NoContent, Problem>> Delete(
        JsonBody<DeleteUserRequest> body,
        Caller caller,
        PhoneGrainLocator phones,
        IGrainFactory grains,
        PasswordAuthenticator check,
        OneTimeCodeService codes,
        TimeProvider time,
        HttpContext http)
    {
        var security = grains.UserSecurity(caller.UserId);
        if (await GrainCalls.RetryAsync(() => security.GetCredentials(), http.RequestAborted) is not { } credentials)
        {
            return JwtBearerSetup.Challenge(http);
        }

        if (credentials.MobileNumber is not { } number)
        {
            return await DeleteAfterSignIn(caller, grains, time, http);
        }

        var phone = await phones.FindAsync(number, http.RequestAborted);
        var request = body.Value;
        var refusal = request.Password is { } password ? await CheckPassword(phone, password, caller.Device, check, http.RequestAborted)
            : request.OtpCode is { } code ? await CheckCode(phone, code, codes.CreateGuess(request.RequestId))
            : NoProof;
        if (refusal is not null)
        {
            return refusal;
        }

        if (!await DeleteUser(caller, grains, http.RequestAborted))
        {
            return JwtBearerSetup.Challenge(http);
        }

        await ReleaseNumber(phone, caller.UserId, time);
        return TypedResults.NoContent();
    }

    /// <summary>
    /// A user who signs in elsewhere has neither password nor code here. A fresh sign-in is the proof, because a stolen token gets older.
    /// </summary>
    private static async Task<Results<NoContent, Problem>> DeleteAfterSignIn(Caller caller, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        if (await FindSignIn(caller, grains, http.RequestAborted) is not { } signedInAt)
        {
            return JwtBearerSetup.Challenge(http);
        }

        if (time.GetUtcNow() - signedInAt > MaxSignInAge)
        {
            return AuthProblems.SignInTooOld;
        }

        return await DeleteUser(caller, grains, http.RequestAborted) ? TypedResults.NoContent() : JwtBearerSetup.Challenge(http);
    }

    /// <summary>When the user last signed in; null if the session has ended.</summary>
    private static async Task<DateTimeOffset?> FindSignIn(Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (caller.Principal.External is { } token)
        {
            return token.AuthenticatedAt;
        }

        var list = await GrainCalls.RetryAsync(() => grains.UserSecurity(caller.UserId).ListSessions(), cancellationToken);
        return list?.Sessions.FirstOrDefault(session => session.Id == caller.Principal.SessionId)?.StartedAt;
    }

    private static async Task<bool> DeleteUser(Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var user = grains.User(caller.UserId);
        var isDeleted = await GrainCalls.RetryAsync(
            () => caller.Principal.External is { } token ? user.DeleteByExternalToken(token.IssuedAt) : user.Delete(caller.Principal.SessionId),
            cancellationToken);
        caller.Principal.SessionCheckedAt = 0;
        return isDeleted;
    }

    /// <summary>
    /// Null if the password is right. It has the limits of a sign-in, because a stolen access token must not allow more guesses.
    /// </summary>
    private static async Task<Problem?> CheckPassword(
        IPhoneGrain phone, string password, KnownDevice device, PasswordAuthenticator check, CancellationToken cancellationToken)
    {
        var refusal = (await check.AuthenticateAsync(phone, password, device, cancellationToken)).Problem;
        return refusal == AuthProblems.WrongPassword ? AuthProblems.WrongOwnPassword : refusal;
    }

    private static async Task<Problem?> CheckCode(IPhoneGrain phone, string typed, CodeGuess guess) =>
        OneTimeCodeParser.TryParse(typed, out var code) && await phone.Reauthenticate(code, guess) is CodeCheckOutcome.Valid
            ? null
            : AuthProblems.WrongCode;

    /// <summary>
    /// Frees the number before the answer, so that the user can sign up again at once. If this fails or takes too long, the
    /// grain of the user frees the number later.
    /// </summary>
    private static async Task ReleaseNumber(IPhoneGrain phone, Guid userId, TimeProvider time)
    {
        try
        {
            await phone.Release(userId).WaitAsync(ReleaseTimeout, time);
        }
        catch (Exception outage) when (TransientErrors.IsTransient(outage))
        {
            // The grain of the user does it.
        }
    }
}
