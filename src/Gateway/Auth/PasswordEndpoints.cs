using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Auth;

/// <summary>Setting a new password.</summary>
internal static class PasswordEndpoints
{
    public static void MapPasswords(this IEndpointRouteBuilder auth)
    {
        auth.MapPost("/forgot-password", Forgot).WithName("forgotPassword").WithSummary("Ask for a code to set a new password with")
            .Accepts(AuthExamples.Forgot, AuthExamples.InvalidForgot).Produces(OtpSentResponse.Of(AuthExamples.RequestId, AuthExamples.Code))
            .ProducesProblem(AuthProblems.TooManyCodes(AuthExamples.Wait), AuthProblems.TooManyCodesToday(AuthExamples.CodesPerDay, AuthExamples.Wait));
        auth.MapPost("/reset-password", Reset).WithName("resetPassword").WithSummary("Set a new password by a code; all sessions end")
            .Accepts(AuthExamples.Reset, AuthExamples.InvalidReset).Produces(DoneResponse.PasswordSet)
            .ProducesProblem(AuthProblems.WrongResetCode, AuthProblems.Busy);
        auth.MapPost("/change-password", Change).RequireAuthorization()
            .WithName("changePassword").WithSummary("Set a new password; the other sessions end")
            .Accepts(AuthExamples.Change, AuthExamples.InvalidChange).Produces(DoneResponse.PasswordChanged)
            .ProducesProblem(AuthProblems.WrongCurrentPassword, AuthProblems.TooManyWrongPasswords(AuthExamples.Wait), AuthProblems.Busy);
    }

    private static Task<Results<Ok<OtpSentResponse>, Problem>> Forgot(
        Body<ForgotPasswordRequest> body, OneTimeCodeService codes, HttpContext http) =>
        codes.SendAsync(body.Value.MobileNumber, CodePurpose.Reset, body.Value.DeviceToken, http);

    private static async Task<Results<Ok<DoneResponse>, Problem>> Reset(
        Body<ResetPasswordRequest> body, Phones phones, OneTimeCodeService codes, Passwords passwords, CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (!OneTimeCodeText.TryRead(request.OtpCode!, out var code))
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

        var turn = PasswordTurn.Of(proved.UserId, PasswordQueue.NewPassword);
        if (await passwords.HashAsync(request.NewPassword!, turn, cancellationToken) is not { } hash)
        {
            return AuthProblems.Busy;
        }

        return await phone.ResetPassword(code, hash, guess) is CheckOutcome.Right
            ? TypedResults.Ok(DoneResponse.PasswordSet)
            : AuthProblems.WrongResetCode;
    }

    private static async Task<Results<Ok<DoneResponse>, Problem>> Change(
        Body<ChangePasswordRequest> body,
        Caller caller,
        Phones phones,
        IGrainFactory grains,
        PasswordCheck check,
        Passwords passwords,
        HttpContext http)
    {
        var security = grains.UserSecurity(caller.UserId);
        if (await GrainCalls.RetryAsync(() => security.GetCredentials(), http.RequestAborted) is not { } credentials)
        {
            return BearerTokens.Refusal(http);
        }

        // Counted as for logins, by the session: a stolen access token must not become a way to guess on.
        var phone = await phones.FindAsync(credentials.MobileNumber, http.RequestAborted);
        var proof = await check.RunAsync(phone, body.Value.CurrentPassword!, caller.Device, http.RequestAborted);
        if (proof.Refusal is { } refusal)
        {
            return refusal == AuthProblems.WrongPassword ? AuthProblems.WrongCurrentPassword : refusal;
        }

        var turn = PasswordTurn.Of(caller.UserId, PasswordQueue.NewPassword);
        if (await passwords.HashAsync(body.Value.NewPassword!, turn, http.RequestAborted) is not { } hash)
        {
            return AuthProblems.Busy;
        }

        return await security.ChangePassword(caller.SignedIn.SessionId, proof.PasswordHash, hash)
            ? TypedResults.Ok(DoneResponse.PasswordChanged)
            : AuthProblems.WrongCurrentPassword;
    }
}
