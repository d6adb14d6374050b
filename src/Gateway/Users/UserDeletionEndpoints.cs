using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Users;

/// <summary>Deletes accounts.</summary>
internal static class UserDeletionEndpoints
{
    private const string DeletionDescription = """
        For good: all sessions end, the subscription is canceled, rooms and profile are erased, and the number may sign up
        anew. Give either the password or a one-time code from `POST /auth/send-otp`.
        """;

    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    public static void MapUserDeletion(this IEndpointRouteBuilder user) =>
        user.MapDelete("/me", Delete).RequireAuthRateLimiting().WithName("deleteMe").WithSummary("Delete the account").WithDescription(DeletionDescription)
            .Accepts(UserExamples.Delete, UserExamples.InvalidDelete).Produces(204, "Deleted.")
            .ProducesProblem(AuthProblems.WrongOwnPassword, AuthProblems.WrongCode, AuthProblems.Busy)
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

        var phone = await phones.FindAsync(credentials.MobileNumber, http.RequestAborted);
        var request = body.Value;
        var refusal = request.Password is { } password
            ? await CheckPassword(phone, password, caller.Device, check, http.RequestAborted)
            : await CheckCode(phone, request.OtpCode!, codes.CreateGuess(request.RequestId));
        if (refusal is not null)
        {
            return refusal;
        }

        if (!await GrainCalls.RetryAsync(() => grains.User(caller.UserId).Delete(caller.Principal.SessionId), http.RequestAborted))
        {
            return JwtBearerSetup.Challenge(http);
        }

        caller.Principal.SessionCheckedAt = 0;
        await ReleaseNumber(phone, caller.UserId, time);
        return TypedResults.NoContent();
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
