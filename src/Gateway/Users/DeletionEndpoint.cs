using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Users;

/// <summary>The end of an account.</summary>
internal static class DeletionEndpoint
{
    private const string Consequences = """
        For good: all sessions end, the subscription is canceled, rooms and profile are erased, and the number may sign up
        anew. Give either the password or a one-time code from `POST /auth/send-otp`.
        """;

    private static readonly TimeSpan ForNumber = TimeSpan.FromSeconds(5);

    public static void MapDeletion(this IEndpointRouteBuilder user) =>
        user.MapDelete("/me", Delete).LimitedByAddress().Says("deleteMe", "Delete the account").WithDescription(Consequences)
            .Takes(UserExamples.Delete, UserExamples.FlawedDelete).Gives(204, "Deleted.")
            .Refuses(AuthProblems.WrongOwnPassword, AuthProblems.WrongCode, AuthProblems.Busy)
            .Refuses(AuthProblems.TooManyWrongPasswords(AuthExamples.Wait), AuthProblems.TooManyWrongCodes(AuthExamples.Wait));

    private static async Task<IResult> Delete(
        Body<DeleteUserRequest> body,
        Caller caller,
        Phones phones,
        IGrainFactory grains,
        PasswordCheck check,
        TimeProvider time,
        HttpContext http)
    {
        if (body.Value is not { } request)
        {
            return body.Refusal;
        }

        var user = grains.User(caller.UserId);
        if (await Patient.Ask(user, static user => user.GetCredentials(), http.RequestAborted) is not { } credentials)
        {
            return BearerTokens.Refusal(http);
        }

        var phone = await phones.FindAsync(credentials.MobileNumber, http.RequestAborted);
        if (await Refuse(request, phone, check, http.RequestAborted) is { } refusal)
        {
            return refusal;
        }

        var call = (User: user, caller.SignedIn.SessionId);
        if (!await Patient.Ask(call, static call => call.User.Delete(call.SessionId), http.RequestAborted))
        {
            return BearerTokens.Refusal(http);
        }

        caller.SignedIn.CheckedAt = 0;
        await TryFree(phone, caller.UserId, time);
        return TypedResults.NoContent();
    }

    /// <summary>
    /// Why the proof is not good; null when it is. Under the limits of signing in: a stolen access token must not become
    /// a way to guess on.
    /// </summary>
    private static async Task<Problem?> Refuse(
        DeleteUserRequest request, IPhoneGrain phone, PasswordCheck check, CancellationToken cancellationToken)
    {
        if (request.Password is { } password)
        {
            var refusal = (await check.RunAsync(phone, password, cancellationToken)).Refusal;
            return refusal == AuthProblems.WrongPassword ? AuthProblems.WrongOwnPassword : refusal;
        }

        if (!OneTimeCodeText.TryRead(request.OtpCode!, out var code))
        {
            return AuthProblems.WrongCode;
        }

        return await phone.Prove(code) switch
        {
            CheckOutcome.Right => null,
            CheckOutcome.Wrong => AuthProblems.WrongCode,
            CheckOutcome.TooMany many => AuthProblems.TooManyWrongCodes(many.RetryAfter),
            var other => throw new NotSupportedException(other.GetType().Name),
        };
    }

    /// <summary>
    /// Whoever signs up again right after the answer is to find the number free. It is decided by now: should this take
    /// too long or fail, the user's grain frees the number a little later.
    /// </summary>
    private static async Task TryFree(IPhoneGrain phone, Guid userId, TimeProvider time)
    {
        try
        {
            await phone.Release(userId).WaitAsync(ForNumber, time);
        }
        catch (Exception outage) when (Outage.Is(outage))
        {
            // As said.
        }
    }
}
