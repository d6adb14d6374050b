using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Users;

/// <summary>The end of an account.</summary>
internal static class DeletionEndpoint
{
    private const string Consequences = """
        For good: all sessions end, the subscription is canceled, rooms and profile are erased, and the number may sign up
        anew. Give either the password or a one-time code from `POST /auth/send-otp`.
        """;

    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    public static void MapDeletion(this IEndpointRouteBuilder user) =>
        user.MapDelete("/me", Delete).LimitedByAddress().WithName("deleteMe").WithSummary("Delete the account").WithDescription(Consequences)
            .Accepts(UserExamples.Delete, UserExamples.InvalidDelete).Produces(204, "Deleted.")
            .ProducesProblem(AuthProblems.WrongOwnPassword, AuthProblems.WrongCode, AuthProblems.Busy)
            .ProducesProblem(AuthProblems.TooManyWrongPasswords(AuthExamples.Wait));

    private static async Task<Results<NoContent, Problem>> Delete(
        Body<DeleteUserRequest> body,
        Caller caller,
        Phones phones,
        IGrainFactory grains,
        PasswordCheck check,
        OneTimeCodeService codes,
        TimeProvider time,
        HttpContext http)
    {
        var security = grains.UserSecurity(caller.UserId);
        if (await GrainCalls.RetryAsync(() => security.GetCredentials(), http.RequestAborted) is not { } credentials)
        {
            return BearerTokens.Refusal(http);
        }

        var phone = await phones.FindAsync(credentials.MobileNumber, http.RequestAborted);
        var request = body.Value;
        var refusal = request.Password is { } password
            ? await RefusePassword(phone, password, caller.Device, check, http.RequestAborted)
            : await RefuseCode(phone, request.OtpCode!, codes.ToGuess(request.RequestId));
        if (refusal is not null)
        {
            return refusal;
        }

        if (!await GrainCalls.RetryAsync(() => grains.User(caller.UserId).Delete(caller.SignedIn.SessionId), http.RequestAborted))
        {
            return BearerTokens.Refusal(http);
        }

        caller.SignedIn.CheckedAt = 0;
        await TryFree(phone, caller.UserId, time);
        return TypedResults.NoContent();
    }

    /// <summary>
    /// Why the password is no proof; null when it is. Under the limits of signing in, like codes: a stolen access token
    /// must not become a way to guess on.
    /// </summary>
    private static async Task<Problem?> RefusePassword(
        IPhoneGrain phone, string password, KnownDevice device, PasswordCheck check, CancellationToken cancellationToken)
    {
        var refusal = (await check.RunAsync(phone, password, device, cancellationToken)).Refusal;
        return refusal == AuthProblems.WrongPassword ? AuthProblems.WrongOwnPassword : refusal;
    }

    private static async Task<Problem?> RefuseCode(IPhoneGrain phone, string typed, CodeGuess guess) =>
        OneTimeCodeText.TryRead(typed, out var code) && await phone.Prove(code, guess) is CheckOutcome.Right
            ? null
            : AuthProblems.WrongCode;

    /// <summary>
    /// Whoever signs up again right after the answer is to find the number free. It is decided by now: should this take
    /// too long or fail, the user's grain frees the number a little later.
    /// </summary>
    private static async Task TryFree(IPhoneGrain phone, Guid userId, TimeProvider time)
    {
        try
        {
            await phone.Release(userId).WaitAsync(ReleaseTimeout, time);
        }
        catch (Exception outage) when (Outage.Is(outage))
        {
            // As said.
        }
    }
}
