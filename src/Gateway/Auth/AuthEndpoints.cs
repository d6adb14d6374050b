using GeminiChat.Gateway.Users;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Auth;

/// <summary>Signing up, and in by a one-time code.</summary>
internal static class AuthEndpoints
{
    public static void MapAuth(this IEndpointRouteBuilder app)
    {
        var auth = app.MapGroup("/auth").WithTags("Auth").LimitedByAddress();
        auth.MapPost("/signup", SignUp).Says("signUp", "Sign up").Takes(AuthExamples.SignUp, AuthExamples.FlawedSignUp)
            .Gives(SignedUpResponse.Of(Example.UserId), 201).Refuses(AuthProblems.NumberTaken, AuthProblems.Busy);
        auth.MapPost("/send-otp", SendOtp).Says("sendOtp", "Ask for a one-time code")
            .Takes(AuthExamples.SendOtp, AuthExamples.FlawedSendOtp).Gives(OtpSentResponse.Of(AuthExamples.Code))
            .Refuses(AuthProblems.TooManyCodes(AuthExamples.Wait));
        auth.MapPost("/verify-otp", VerifyOtp).Says("verifyOtp", "Sign in with a one-time code")
            .Takes(AuthExamples.VerifyOtp, AuthExamples.FlawedVerifyOtp).Gives(AuthExamples.Tokens)
            .Refuses(AuthProblems.WrongCode, AuthProblems.TooManyWrongCodes(AuthExamples.Wait));
        auth.MapSessions();
        auth.MapPasswords();

        // The same as /user/me, and as often: nothing can be tried out with it.
        app.MapGet("/auth/me", UserEndpoints.Me).WithTags("Auth").RequireAuthorization()
            .Says("getMeByAuth", "The signed-in user").Gives(UserExamples.Me);
    }

    private static async Task<IResult> SignUp(
        Body<SignUpRequest> body, Phones phones, Passwords passwords, CancellationToken cancellationToken)
    {
        if (body.Value is not { Name: { } name, Password: { } password } request)
        {
            return body.Refusal;
        }

        if (await passwords.HashAsync(password, cancellationToken) is not { } hash)
        {
            return AuthProblems.Busy;
        }

        var phone = await phones.FindAsync(MobileNumbers.Normalise(request.MobileNumber), cancellationToken);
        return await phone.SignUp(new SignUp(name, hash)) switch
        {
            SignUpOutcome.Pending pending => TypedResults.Created((string?)null, SignedUpResponse.Of(pending.UserId)),
            SignUpOutcome.NumberTaken => AuthProblems.NumberTaken,
            var other => throw new NotSupportedException(other.GetType().Name),
        };
    }

    private static async Task<IResult> SendOtp(Body<SendOtpRequest> body, Phones phones, IOtpSender sender, HttpContext http) =>
        body.Value is { } request
            ? await SendCode(request.MobileNumber, CodePurpose.SignIn, phones, sender, http)
            : body.Refusal;

    /// <summary>Makes a code and has it delivered. The answer is the same for every number.</summary>
    public static async Task<IResult> SendCode(
        string? mobileNumber, CodePurpose purpose, Phones phones, IOtpSender sender, HttpContext http)
    {
        var (phone, number) = await phones.FindSpelledAsync(MobileNumbers.Normalise(mobileNumber), http.RequestAborted);
        switch (await phone.SendCode(number, purpose))
        {
            case CodeOutcome.Made made:
                NoStore(http);
                var network = ClientNetwork.Of(http.Connection.RemoteIpAddress);
                var shown = sender.Send(new OtpMessage(number, made.Code.Code, purpose, made.IsDecoy, made.HasAccount, network));
                return TypedResults.Ok(OtpSentResponse.Of(shown));
            case CodeOutcome.TooSoon soon:
                return AuthProblems.TooManyCodes(soon.RetryAfter);
            case var other:
                throw new NotSupportedException(other.GetType().Name);
        }
    }

    private static async Task<IResult> VerifyOtp(Body<VerifyOtpRequest> body, Phones phones, Sessions sessions, HttpContext http)
    {
        if (body.Value is not { OtpCode: { } typed } request)
        {
            return body.Refusal;
        }

        if (!OneTimeCodeText.TryRead(typed, out var code))
        {
            return AuthProblems.WrongCode;
        }

        var phone = await phones.FindAsync(MobileNumbers.Normalise(request.MobileNumber), http.RequestAborted);
        return await phone.SignIn(code) switch
        {
            CheckOutcome.Right right => Tokens(await sessions.StartAsync(right.UserId, version: null), AuthProblems.WrongCode, http),
            CheckOutcome.Wrong => AuthProblems.WrongCode,
            CheckOutcome.TooMany many => AuthProblems.TooManyWrongCodes(many.RetryAfter),
            var other => throw new NotSupportedException(other.GetType().Name),
        };
    }

    /// <summary>Answers with tokens, which no cache may keep, or with why there are none.</summary>
    public static IResult Tokens(TokenResponse? tokens, Problem otherwise, HttpContext http)
    {
        if (tokens is null)
        {
            return SessionEndpoints.Challenge(otherwise, http);
        }

        NoStore(http);
        return TypedResults.Ok(tokens);
    }

    private static void NoStore(HttpContext http) => http.Response.Headers.CacheControl = "no-store";
}
