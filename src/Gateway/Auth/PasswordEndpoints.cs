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
            .Takes(AuthExamples.Forgot, AuthExamples.FlawedForgot).Gives(OtpSentResponse.Of(AuthExamples.RequestId, AuthExamples.Code))
            .Refuses(AuthProblems.TooManyCodes(AuthExamples.Wait), AuthProblems.TooManyCodesToday(AuthExamples.CodesPerDay, AuthExamples.Wait));
        auth.MapPost("/reset-password", Reset).Says("resetPassword", "Set a new password by a code; all sessions end")
            .Takes(AuthExamples.Reset, AuthExamples.FlawedReset).Gives(DoneResponse.PasswordSet)
            .Refuses(AuthProblems.WrongResetCode, AuthProblems.Busy);
        auth.MapPost("/change-password", Change).RequireAuthorization()
            .Says("changePassword", "Set a new password; the other sessions end")
            .Takes(AuthExamples.Change, AuthExamples.FlawedChange).Gives(DoneResponse.PasswordChanged)
            .Refuses(AuthProblems.WrongCurrentPassword, AuthProblems.TooManyWrongPasswords(AuthExamples.Wait), AuthProblems.Busy);
    }

    private static async Task<IResult> Forgot(Body<ForgotPasswordRequest> body, OneTimeCodeService codes, HttpContext http) =>
        body.Value is { } request
            ? await codes.SendAsync(request.MobileNumber, CodePurpose.Reset, request.DeviceToken, http)
            : body.Refusal;

    private static async Task<IResult> Reset(
        Body<ResetPasswordRequest> body, Phones phones, OneTimeCodeService codes, Passwords passwords, CancellationToken cancellationToken)
    {
        if (body.Value is not { OtpCode: { } typed, NewPassword: { } password } request)
        {
            return body.Refusal;
        }

        if (!OneTimeCodeText.TryRead(typed, out var code))
        {
            return AuthProblems.WrongResetCode;
        }

        // Nothing is hashed for a wrong code, and a server too busy to hash does not cost the user a right one.
        var phone = await phones.FindAsync(MobileNumbers.Normalise(request.MobileNumber), cancellationToken);
        var guess = codes.ToGuess(request.RequestId);
        if (await phone.CheckResetCode(code, guess) is not CheckOutcome.Right proved)
        {
            return AuthProblems.WrongResetCode;
        }

        if (await passwords.HashAsync(password, PasswordTurn.Of(proved.UserId, PasswordQueue.NewPassword), cancellationToken) is not { } hash)
        {
            return AuthProblems.Busy;
        }

        return await phone.ResetPassword(code, hash, guess) is CheckOutcome.Right
            ? TypedResults.Ok(DoneResponse.PasswordSet)
            : AuthProblems.WrongResetCode;
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

        var security = grains.UserSecurity(caller.UserId);
        if (await Patient.Ask(security, static security => security.GetCredentials(), http.RequestAborted) is not { } credentials)
        {
            return BearerTokens.Refusal(http);
        }

        // Counted as for logins, by the session: a stolen access token must not become a way to guess on.
        var phone = await phones.FindAsync(credentials.MobileNumber, http.RequestAborted);
        var proof = await check.RunAsync(phone, current, caller.Device, http.RequestAborted);
        if (proof.Refusal is { } refusal)
        {
            return refusal == AuthProblems.WrongPassword ? AuthProblems.WrongCurrentPassword : refusal;
        }

        if (await passwords.HashAsync(next, PasswordTurn.Of(caller.UserId, PasswordQueue.NewPassword), http.RequestAborted) is not { } hash)
        {
            return AuthProblems.Busy;
        }

        return await security.ChangePassword(caller.SignedIn.SessionId, proof.PasswordHash, hash)
            ? TypedResults.Ok(DoneResponse.PasswordChanged)
            : AuthProblems.WrongCurrentPassword;
    }
}
