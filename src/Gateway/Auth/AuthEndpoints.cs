using GeminiChat.Gateway.Users;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Auth;

/// <summary>Signing up, and in by a one-time code.</summary>
internal static class AuthEndpoints
{
    public static void MapAuth(this IEndpointRouteBuilder app)
    {
        var auth = app.MapGroup("/auth").WithTags("Auth").LimitedByAddress();
        auth.MapPost("/signup", SignUp).Says("signUp", "Sign up").Takes(AuthExamples.SignUp, AuthExamples.FlawedSignUp)
            .Gives(SignedUpResponse.Of(Example.UserId, AuthExamples.SignUpToken), 201).Refuses(AuthProblems.NumberTaken, AuthProblems.Busy);
        auth.MapPost("/send-otp", SendOtp).Says("sendOtp", "Ask for a one-time code")
            .Takes(AuthExamples.SendOtp, AuthExamples.FlawedSendOtp).Gives(OtpSentResponse.Of(AuthExamples.RequestId, AuthExamples.Code))
            .Refuses(AuthProblems.TooManyCodes(AuthExamples.Wait), AuthProblems.TooManyCodesToday(AuthExamples.CodesPerDay, AuthExamples.Wait));
        auth.MapPost("/verify-otp", VerifyOtp).Says("verifyOtp", "Sign in with a one-time code")
            .Takes(AuthExamples.VerifyOtp, AuthExamples.FlawedVerifyOtp).Gives(AuthExamples.Tokens)
            .Refuses(AuthProblems.WrongCode, AuthProblems.BadSignUpToken);
        auth.MapSessions();
        auth.MapPasswords();

        // The same as /user/me, and as often: nothing can be tried out with it.
        app.MapGet("/auth/me", UserEndpoints.Me).WithTags("Auth").RequireAuthorization()
            .Says("getMeByAuth", "The signed-in user").Gives(UserExamples.Me);
    }

    private static async Task<IResult> SignUp(
        Body<SignUpRequest> body, Phones phones, Passwords passwords, SignUpTokens tokens, HttpContext http)
    {
        if (body.Value is not { Name: { } name, Password: { } password } request)
        {
            return body.Refusal;
        }

        name = VisibleText.WithoutBidi(name);

        // Before the hash: a number that is taken costs none.
        var number = MobileNumbers.Normalise(request.MobileNumber);
        var phone = await phones.FindAsync(number, http.RequestAborted);
        if (await phone.SignUp(new SignUp(name, PasswordHash: null)) is not SignUpOutcome.Pending pending)
        {
            return AuthProblems.NumberTaken;
        }

        if (await passwords.HashAsync(password, PasswordTurn.OfAnybody(PasswordQueue.SignUp), http.RequestAborted) is not { } hash)
        {
            return AuthProblems.Busy;
        }

        return TypedResults.Created((string?)null, SignedUpResponse.Of(pending.UserId, tokens.Seal(number, new SignUp(name, hash))));
    }

    private static async Task<IResult> SendOtp(Body<SendOtpRequest> body, OneTimeCodeService codes, HttpContext http) =>
        body.Value is { } request
            ? await codes.SendAsync(request.MobileNumber, CodePurpose.SignIn, request.DeviceToken, http)
            : body.Refusal;

    private static async Task<IResult> VerifyOtp(
        Body<VerifyOtpRequest> body, Phones phones, OneTimeCodeService codes, SignUpTokens tokens, Sessions sessions, HttpContext http)
    {
        if (body.Value is not { OtpCode: { } typed } request)
        {
            return body.Refusal;
        }

        // Before the code is used up.
        var number = MobileNumbers.Normalise(request.MobileNumber);
        SignUp? signUp = null;
        if (request.SignupToken is { } token && !tokens.TryOpen(token, number, out signUp))
        {
            return AuthProblems.BadSignUpToken;
        }

        if (!OneTimeCodeText.TryRead(typed, out var code))
        {
            return AuthProblems.WrongCode;
        }

        var phone = await phones.FindAsync(number, http.RequestAborted);
        return await phone.SignIn(code, codes.ToGuess(request.RequestId), signUp) is CheckOutcome.Right right
            ? Tokens(await sessions.StartAsync(right.UserId, version: null), AuthProblems.WrongCode, http)
            : AuthProblems.WrongCode;
    }

    /// <summary>Answers with tokens, or with why there are none.</summary>
    public static IResult Tokens(TokenResponse? tokens, Problem otherwise, HttpContext http) =>
        tokens is null ? SessionEndpoints.Challenge(otherwise, http) : TypedResults.Ok(tokens);
}
