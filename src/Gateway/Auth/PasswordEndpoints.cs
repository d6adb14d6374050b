using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Auth;

/// <summary>Setting a new password.</summary>
internal static class PasswordEndpoints
{
    public static void MapPasswords(this IEndpointRouteBuilder auth)
    {
        auth.MapPost("/forgot-password", Forgot).Says("forgotPassword", "Ask for a code to set a new password with")
            .Takes(AuthExamples.Forgot, AuthExamples.FlawedForgot).Gives(OtpSentResponse.Of(AuthExamples.Code))
            .Refuses(AuthProblems.TooManyCodes(AuthExamples.Wait));
        auth.MapPost("/reset-password", Reset).Says("resetPassword", "Set a new password by a code; all sessions end")
            .Takes(AuthExamples.Reset, AuthExamples.FlawedReset).Gives(DoneResponse.PasswordSet)
            .Refuses(AuthProblems.WrongResetCode, AuthProblems.TooManyWrongCodes(AuthExamples.Wait), AuthProblems.Busy);
        auth.MapPost("/change-password", Change).RequireAuthorization()
            .Says("changePassword", "Set a new password; the other sessions end")
            .Takes(AuthExamples.Change, AuthExamples.FlawedChange).Gives(DoneResponse.PasswordChanged)
            .Refuses(AuthProblems.WrongCurrentPassword, AuthProblems.TooManyWrongPasswords(AuthExamples.Wait), AuthProblems.Busy);
    }

    private static async Task<IResult> Forgot(Body<ForgotPasswordRequest> body, Phones phones, IOtpSender sender, HttpContext http) =>
        body.Value is { } request
            ? await AuthEndpoints.SendCode(request.MobileNumber, CodePurpose.Reset, phones, sender, http)
            : body.Refusal;

    private static async Task<IResult> Reset(
        Body<ResetPasswordRequest> body, Phones phones, Passwords passwords, CancellationToken cancellationToken)
    {
        if (body.Value is not { OtpCode: { } typed, NewPassword: { } password } request)
        {
            return body.Refusal;
        }

        if (!OneTimeCodeText.TryRead(typed, out var code))
        {
            return AuthProblems.WrongResetCode;
        }

        // Before the code is used up: a server too busy to hash must not cost the user their code.
        if (await passwords.HashAsync(password, cancellationToken) is not { } hash)
        {
            return AuthProblems.Busy;
        }

        var phone = await phones.FindAsync(MobileNumbers.Normalise(request.MobileNumber), cancellationToken);
        return await phone.ResetPassword(code, hash) switch
        {
            CheckOutcome.Right => TypedResults.Ok(DoneResponse.PasswordSet),
            CheckOutcome.Wrong => AuthProblems.WrongResetCode,
            CheckOutcome.TooMany many => AuthProblems.TooManyWrongCodes(many.RetryAfter),
            var other => throw new NotSupportedException(other.GetType().Name),
        };
    }

    private static async Task<IResult> Change(
        Body<ChangePasswordRequest> body,
        Caller caller,
        Phones phones,
        IGrainFactory grains,
        PasswordCheck check,
        Passwords passwords,
        HttpContext http)
    {
        if (body.Value is not { CurrentPassword: { } current, NewPassword: { } next })
        {
            return body.Refusal;
        }

        var user = grains.User(caller.UserId);
        if (await Patient.Ask(user, static user => user.GetCredentials(), http.RequestAborted) is not { } credentials)
        {
            return BearerTokens.Refusal(http);
        }

        // The same count as for logins: a stolen access token must not become a way to guess on.
        var phone = await phones.FindAsync(credentials.MobileNumber, http.RequestAborted);
        var proof = await check.RunAsync(phone, current, http.RequestAborted);
        if (proof.Refusal is { } refusal)
        {
            return refusal == AuthProblems.WrongPassword ? AuthProblems.WrongCurrentPassword : refusal;
        }

        if (await passwords.HashAsync(next, http.RequestAborted) is not { } hash)
        {
            return AuthProblems.Busy;
        }

        return await user.ChangePassword(caller.SignedIn.SessionId, proof.PasswordHash, hash)
            ? TypedResults.Ok(DoneResponse.PasswordChanged)
            : AuthProblems.WrongCurrentPassword;
    }
}
