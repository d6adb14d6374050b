using GeminiChat.Gateway.Users;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Auth;

/// <summary>Signing up, and in by a one-time code.</summary>
internal static class AuthEndpoints
{
    public static void MapAuth(this IEndpointRouteBuilder app)
    {
        var auth = app.MapGroup("/auth").WithTags("Auth").RequireRateLimiting(AuthLimit.Policy).AddEndpointFilter(AuthLimit.Tell);
        auth.MapPost("/signup", SignUp).Says("Sign up").Gives<SignedUpResponse>(201).Refuses(400, 409, 413, 415, 429, 503);
        auth.MapPost("/send-otp", SendOtp).Says("Ask for a one-time code").Gives<OtpSentResponse>().Refuses(400, 413, 415, 429, 503);
        auth.MapPost("/verify-otp", VerifyOtp).Says("Sign in with a one-time code").Gives<TokenResponse>().Refuses(400, 413, 415, 429, 503);
        auth.MapSessions();
        auth.MapPasswords();

        // The same as /user/me, and as often: nothing can be tried out with it.
        app.MapGet("/auth/me", UserEndpoints.Me).WithTags("Auth").RequireAuthorization()
            .Says("The signed-in user").Gives<UserResponse>().Refuses(401, 503);
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

        var phone = await phones.FindAsync(MobileNumbers.Normalise(request.MobileNumber));
        return await phone.SignUp(new SignUp(name, hash)) switch
        {
            SignUpOutcome.Pending pending => TypedResults.Created((string?)null, new SignedUpResponse(
                "Signed up. Now verify the number: POST /auth/send-otp, then POST /auth/verify-otp.", pending.UserId)),
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
        var number = MobileNumbers.Normalise(mobileNumber);
        var phone = await phones.FindAsync(number);
        switch (await phone.SendCode(number, purpose))
        {
            case CodeOutcome.Made made:
                NoStore(http);
                var shown = sender.Send(new OtpMessage(number, made.Code.Code, purpose, made.IsDecoy));
                return TypedResults.Ok(new OtpSentResponse("A one-time code is on its way. It is valid for ten minutes.", shown));
            case CodeOutcome.TooSoon soon:
                return AuthProblems.TooManyCodes(soon.RetryAfter);
            case var other:
                throw new NotSupportedException(other.GetType().Name);
        }
    }

    private static async Task<IResult> VerifyOtp(Body<VerifyOtpRequest> body, Phones phones, Sessions sessions, HttpContext http)
    {
        if (body.Value is not { OtpCode: { } code } request)
        {
            return body.Refusal;
        }

        if (!OneTimeCodeText.IsCode(code))
        {
            return AuthProblems.WrongCode;
        }

        var phone = await phones.FindAsync(MobileNumbers.Normalise(request.MobileNumber));
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
            return otherwise;
        }

        NoStore(http);
        return TypedResults.Ok(tokens);
    }

    private static void NoStore(HttpContext http) => http.Response.Headers.CacheControl = "no-store";
}
