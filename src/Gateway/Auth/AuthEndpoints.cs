using GeminiChat.Gateway.Users;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Auth;

/// <summary>Sign-up, and sign-in with a one-time code.</summary>
internal static class AuthEndpoints
{
    public static void MapAuth(this IEndpointRouteBuilder app)
    {
        var limited = app.MapGroup("/auth").WithTags("Auth").RequireAuthRateLimiting();
        limited.MapRefresh();
        var auth = limited.MapGroup("").WithParameterValidation();
        auth.MapPost("/signup", SignUp).WithName("signUp").WithSummary("Sign up")
            .WithDescription("The number is taken only when it is verified: send `signup_token` with the code to `POST /auth/verify-otp`.")
            .Accepts(AuthExamples.SignUp, AuthExamples.InvalidSignUp)
            .Produces(SignedUpResponse.Of(Example.UserId, AuthExamples.SignUpToken), 201).ProducesProblem(AuthProblems.NumberTaken, AuthProblems.Busy);
        auth.MapPost("/send-otp", SendOtp).WithName("sendOtp").WithSummary("Ask for a one-time code")
            .WithDescription("How the code is delivered is a setting of the server. In Development it is in the answer.")
            .Accepts(AuthExamples.SendOtp, AuthExamples.InvalidSendOtp).Produces(OtpSentResponse.Of(AuthExamples.RequestId, AuthExamples.Code))
            .ProducesProblem(AuthProblems.TooManyCodes(AuthExamples.RetryAfter), AuthProblems.TooManyCodesToday(AuthExamples.CodesPerDay, AuthExamples.RetryAfter));
        auth.MapPost("/verify-otp", VerifyOtp).WithName("verifyOtp").WithSummary("Sign in with a one-time code")
            .WithDescription("A number that has no account gets one.")
            .Accepts(AuthExamples.VerifyOtp, AuthExamples.InvalidVerifyOtp).Produces(AuthExamples.Tokens)
            .ProducesProblem(AuthProblems.WrongCode, AuthProblems.BadSignUpToken);
        auth.MapSessions();
        auth.MapPasswords();

        // Wrong API keys count for the address, right ones for themselves.
        app.MapGroup("/auth").WithTags("Auth").WithParameterValidation().MapServerTokens();

        // The same as /user/me. It has no limit by address, because it offers nothing to guess.
        app.MapGet("/auth/me", UserEndpoints.Me).WithTags("Auth").RequireAuthorization()
            .WithName("getMeByAuth").WithSummary("The signed-in user").WithDescription("The same as `GET /user/me`.").ProducesMe();
    }

    private static async Task<Results<Created<SignedUpResponse>, Problem>> SignUp(
        JsonBody<SignUpRequest> body, PhoneGrainLocator phones, ThrottledPasswordHasher passwords, SignUpTokenService tokens, HttpContext http)
    {
        var name = VisibleText.WithoutBidi(body.Value.Name!);

        // Before the hash, so that a taken number costs no hashing.
        var number = MobileNumbers.Normalise(body.Value.MobileNumber);
        var phone = await phones.FindAsync(number, http.RequestAborted);
        if (await phone.SignUp(new SignUp(name, PasswordHash: null)) is not SignUpOutcome.Pending pending)
        {
            return AuthProblems.NumberTaken;
        }

        var entry = new PasswordQueueEntry(PasswordQueue.SignUp);
        return await passwords.HashAsync(body.Value.Password!, entry, http.RequestAborted) is { } hash
            ? TypedResults.Created((string?)null, SignedUpResponse.Of(pending.UserId, tokens.Seal(number, new SignUp(name, hash))))
            : AuthProblems.Busy;
    }

    private static Task<Results<Ok<OtpSentResponse>, Problem>> SendOtp(
        JsonBody<SendOtpRequest> body, OneTimeCodeService codes, HttpContext http) =>
        codes.SendAsync(body.Value.MobileNumber, CodePurpose.SignIn, body.Value.DeviceToken, http);

    private static async Task<Results<Ok<TokenResponse>, Problem>> VerifyOtp(
        JsonBody<VerifyOtpRequest> body, PhoneGrainLocator phones, OneTimeCodeService codes, SignUpTokenService tokens, SessionService sessions, HttpContext http)
    {
        // Before the check of the code, which uses the code up.
        var request = body.Value;
        var number = MobileNumbers.Normalise(request.MobileNumber);
        SignUp? signUp = null;
        if (request.SignupToken is { } token && !tokens.TryOpen(token, number, out signUp))
        {
            return AuthProblems.BadSignUpToken;
        }

        if (!OneTimeCodeParser.TryParse(request.OtpCode!, out var code))
        {
            return AuthProblems.WrongCode;
        }

        var phone = await phones.FindAsync(number, http.RequestAborted);
        return await phone.SignIn(code, codes.CreateGuess(request.RequestId), signUp) is CodeCheckOutcome.Valid right
            ? ToTokenResult(await sessions.StartAsync(right.UserId, version: null, UserAgent.Read(http.Request)), AuthProblems.WrongCode, http)
            : AuthProblems.WrongCode;
    }

    public static Results<Ok<TokenResponse>, Problem> ToTokenResult(TokenResponse? tokens, Problem otherwise, HttpContext http) =>
        tokens is null ? SessionEndpoints.Challenge(otherwise, http) : TypedResults.Ok(tokens);
}
