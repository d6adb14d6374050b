using GeminiChat.Gateway.Users;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Auth;

/// <summary>Signing up and in by mobile number.</summary>
internal static class AuthEndpoints
{
    private const int CodeLength = 6;

    public static void MapAuth(this IEndpointRouteBuilder app)
    {
        var auth = app.MapGroup("/auth").WithTags("Auth");
        auth.MapPost("/signup", SignUp).Says("Sign up").Gives<SignedUpResponse>(201).Refuses(400, 409, 413, 415, 429, 503);
        auth.MapPost("/send-otp", SendOtp).Says("Ask for a one-time code").Gives<OtpSentResponse>().Refuses(400, 413, 415, 503);
        auth.MapPost("/verify-otp", VerifyOtp).Says("Sign in with a one-time code").Gives<TokenResponse>().Refuses(400, 413, 415, 503);
        auth.MapGet("/me", UserEndpoints.Me).RequireAuthorization().Says("The signed-in user").Gives<UserResponse>().Refuses(401, 503);
    }

    private static async Task<IResult> SignUp(
        Body<SignUpRequest> body, IGrainFactory grains, Passwords passwords, CancellationToken cancellationToken)
    {
        if (body.Value is not { Name: { } name, Password: { } password } request)
        {
            return body.Refusal;
        }

        if (await passwords.HashAsync(password, cancellationToken) is not { } hash)
        {
            return AuthProblems.Busy;
        }

        var phone = grains.Phone(MobileNumbers.Normalise(request.MobileNumber));
        return await phone.SignUp(new SignUp(name, hash)) switch
        {
            SignUpOutcome.Pending pending => TypedResults.Created((string?)null, new SignedUpResponse(
                "Signed up. Now verify the number: POST /auth/send-otp, then POST /auth/verify-otp.", pending.UserId)),
            SignUpOutcome.NumberTaken => AuthProblems.NumberTaken,
            var other => throw new NotSupportedException(other.GetType().Name),
        };
    }

    private static async Task<IResult> SendOtp(
        Body<SendOtpRequest> body, IGrainFactory grains, IOtpSender sender, HttpContext http)
    {
        if (body.Value is not { } request)
        {
            return body.Refusal;
        }

        var number = MobileNumbers.Normalise(request.MobileNumber);
        var code = await grains.Phone(number).NewCode();
        var shown = await sender.SendAsync(number, code.Code, http.RequestAborted);
        NoStore(http);
        return TypedResults.Ok(new OtpSentResponse("A one-time code is on its way. It is valid for ten minutes.", shown));
    }

    private static async Task<IResult> VerifyOtp(
        Body<VerifyOtpRequest> body, IGrainFactory grains, AccessTokens tokens, HttpContext http)
    {
        if (body.Value is not { OtpCode: { } code } request)
        {
            return body.Refusal;
        }

        var phone = grains.Phone(MobileNumbers.Normalise(request.MobileNumber));
        if (!IsCode(code) || await phone.Verify(code) is not { } userId)
        {
            return AuthProblems.WrongCode;
        }

        NoStore(http);
        return TypedResults.Ok(tokens.Issue(userId));
    }

    private static bool IsCode(string text) => text.Length == CodeLength && text.All(char.IsAsciiDigit);

    private static void NoStore(HttpContext http) => http.Response.Headers.CacheControl = "no-store";
}
