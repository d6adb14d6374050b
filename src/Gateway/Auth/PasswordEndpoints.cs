using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Auth;

internal static class PasswordEndpoints
{
    public static void MapPasswords(this IEndpointRouteBuilder auth)
    {
        auth.MapPost("/forgot-password", Forgot).WithName("forgotPassword").WithSummary("Ask for a code to set a new password with")
            .WithDescription("A number without an account is answered like any other.")
            .Accepts(AuthExamples.Forgot, AuthExamples.InvalidForgot).Produces(OtpSentResponse.Of(AuthExamples.RequestId, AuthExamples.Code))
            .ProducesProblem(AuthProblems.TooManyCodes(AuthExamples.RetryAfter), AuthProblems.TooManyCodesToday(AuthExamples.CodesPerDay, AuthExamples.RetryAfter));
        auth.MapPost("/reset-password", Reset).WithName("resetPassword").WithSummary("Set a new password by a code; all sessions end")
            .WithDescription("The code is one of `POST /auth/forgot-password`.")
            .Accepts(AuthExamples.Reset, AuthExamples.InvalidReset).Produces(DoneResponse.PasswordSet)
            .ProducesProblem(AuthProblems.WrongResetCode, AuthProblems.Busy);
        auth.MapPost("/change-password", Change).RequireAuthorization()
            .WithName("changePassword").WithSummary("Set a new password; the other sessions end")
            .WithDescription("The current password is needed, also with a valid token.")
            .Accepts(AuthExamples.Change, AuthExamples.InvalidChange).Produces(DoneResponse.PasswordChanged)
            .ProducesProblem(AuthProblems.WrongCurrentPassword, AuthProblems.TooManyWrongPasswords(AuthExamples.RetryAfter), AuthProblems.Busy);
    }

    private static Task<Results<Ok<OtpSentResponse>, Problem>> Forgot(
        JsonBody<ForgotPasswordRequest> body, OneTimeCodeService codes, HttpContext http) =>
        codes.SendAsync(body.Value.MobileNumber, CodePurpose.Reset, body.Value.DeviceToken, http);

    private static async Task<Results<Ok<DoneResponse>, Problem>> Reset(
        JsonBody<ResetPasswordRequest> body, PhoneGrainLocator phones, OneTimeCodeService codes, ThrottledPasswordHasher passwords, CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (!OneTimeCodeParser.TryParse(request.OtpCode!, out var code))
        {
            return AuthProblems.WrongResetCode;
        }

        // The code is checked before the hash, and used up after it: a busy server does not cost the user a code.
        var phone = await phones.FindAsync(MobileNumbers.Normalise(request.MobileNumber), cancellationToken);
        var guess = codes.CreateGuess(request.RequestId);
        if (await phone.CheckResetCode(code, guess) is not CodeCheckOutcome.Valid proved)
        {
            return AuthProblems.WrongResetCode;
        }

        var entry = new PasswordQueueEntry(PasswordQueue.NewPassword, proved.UserId);
        if (await passwords.HashAsync(request.NewPassword!, entry, cancellationToken) is not { } hash)
        {
            return AuthProblems.Busy;
        }

        return await phone.ResetPassword(code, hash, guess) is CodeCheckOutcome.Valid
            ? TypedResults.Ok(DoneResponse.PasswordSet)
            : AuthProblems.WrongResetCode;
    }

    private static async Task<Results<Ok<DoneResponse>, Problem>> Change(
        JsonBody<ChangePasswordRequest> body,
        Caller caller,
        PhoneGrainLocator phones,
        IGrainFactory grains,
        PasswordAuthenticator check,
        ThrottledPasswordHasher passwords,
        HttpContext http)
    {
        var security = grains.UserSecurity(caller.UserId);
        if (await GrainCalls.RetryAsync(() => security.GetCredentials(), http.RequestAborted) is not { } credentials)
        {
            return JwtBearerSetup.Challenge(http);
        }

        if (credentials.MobileNumber is not { } number)
        {
            return AuthProblems.NoPassword;
        }

        // Counts like a login: a stolen access token must not allow more guesses.
        var phone = await phones.FindAsync(number, http.RequestAborted);
        var proof = await check.AuthenticateAsync(phone, body.Value.CurrentPassword!, caller.Device, http.RequestAborted);
        if (proof.Problem is { } refusal)
        {
            return refusal == AuthProblems.WrongPassword ? AuthProblems.WrongCurrentPassword : refusal;
        }

        var entry = new PasswordQueueEntry(PasswordQueue.NewPassword, caller.UserId);
        if (await passwords.HashAsync(body.Value.NewPassword!, entry, http.RequestAborted) is not { } hash)
        {
            return AuthProblems.Busy;
        }

        return await security.ChangePassword(caller.Principal.SessionId, proof.PasswordHash, hash)
            ? TypedResults.Ok(DoneResponse.PasswordChanged)
            : AuthProblems.WrongCurrentPassword;
    }
}
