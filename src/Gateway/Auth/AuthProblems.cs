namespace GeminiChat.Gateway.Auth;

internal static class AuthProblems
{
    private const string SignInByCodeHint = "Sign in with a one-time code: POST /auth/send-otp.";

    public static Problem NumberTaken { get; } =
        new(StatusCodes.Status409Conflict, "This mobile number has an account already. Sign in with a one-time code.")
        {
            Type = ProblemTypes.NumberTaken,
        };

    /// <summary>The same for every kind of wrong code, so that the answer reveals nothing.</summary>
    public static Problem WrongCode { get; } =
        Problems.BadRequest("otp_code is wrong, used or expired. Ask for a new one: POST /auth/send-otp.", ProblemTypes.WrongCode);

    /// <inheritdoc cref="WrongCode"/>
    public static Problem WrongResetCode { get; } =
        Problems.BadRequest("otp_code is wrong, used or expired. Ask for a new one: POST /auth/forgot-password.", ProblemTypes.WrongCode);

    /// <summary>The same with and without an account.</summary>
    public static Problem WrongPassword { get; } =
        new(StatusCodes.Status401Unauthorized, $"mobile_number and password do not match. {SignInByCodeHint}")
        {
            Type = ProblemTypes.WrongPassword,
        };

    public static Problem WrongCurrentPassword { get; } = Problems.BadRequest(
        "current_password is wrong. If it is forgotten, or there is none yet: POST /auth/forgot-password.", ProblemTypes.WrongPassword);

    public static Problem WrongOwnPassword { get; } = Problems.BadRequest(
        "password is wrong. If it is forgotten, or there is none: POST /auth/send-otp, and give otp_code instead.", ProblemTypes.WrongPassword);

    public static Problem BadRefreshToken { get; } =
        new(StatusCodes.Status401Unauthorized, "refresh_token is used, expired or unknown. Sign in again.")
        {
            Type = ProblemTypes.SessionEnded,
        };

    /// <summary>The key of a token may exist, but its issuer cannot be asked, or has been asked a moment ago.</summary>
    /// <param name="fetchDelay">How long it is until the issuer may be asked again.</param>
    public static Problem KeyUnavailable(TimeSpan fetchDelay) => new(
        StatusCodes.Status503ServiceUnavailable,
        "The key of this access token cannot be had from its issuer at the moment. Try again shortly.",
        retryAfter: Math.Max(1, (int)Math.Ceiling(fetchDelay.TotalSeconds)))
    {
        Type = ProblemTypes.Busy,
    };

    /// <summary>Of a user who signs in elsewhere.</summary>
    public static Problem NoPassword { get; } = Problems.BadRequest("This account has no password: you sign in with another service.", ProblemTypes.NoPassword);

    public static Problem SignInTooOld { get; } = new(
        StatusCodes.Status403Forbidden, "To delete the account, sign in again, and send the request within ten minutes with the new access token.")
    {
        Type = ProblemTypes.SignInAgain,
    };

    public static Problem OnlyEverywhere { get; } = Problems.BadRequest(
        "Another service issued this access token, and ends its own sessions. Give everywhere: true to end all that was issued until now.");

    public static Problem WrongApiKey { get; } = new(
        StatusCodes.Status401Unauthorized, "This needs a valid API key: Authorization: Bearer gck_…. It may have expired or been revoked.");

    public static Problem WrongScope { get; } = new(StatusCodes.Status403Forbidden, "The scope of this API key does not allow it.");

    public static Problem Busy { get; } =
        new(StatusCodes.Status429TooManyRequests, "Too many people are signing in at this moment. Try again shortly.", retryAfter: 3)
        {
            Type = ProblemTypes.Busy,
        };

    public static Problem BadSignUpToken { get; } = Problems.BadRequest(
        "signup_token is of another number, broken, or older than 15 minutes. Sign up again, or leave it out: then no password is set.", ProblemTypes.SignUpExpired);

    public static Problem TooManyCodes(IssueCodeOutcome.RateLimited soon) =>
        soon.PerDay is { } perDay ? TooManyCodesToday(perDay, soon.RetryAfter) : TooManyCodes(soon.RetryAfter);

    public static Problem TooManyCodesToday(int perDay, TimeSpan wait) => Limited(
        "This number has had all its codes for 24 hours. Sign in with the password (POST /auth/login), or ask for a code with "
        + "the device_token of a device that was signed in before.",
        new RateLimitPolicy("otp-day", perDay, TimeSpan.FromDays(1)),
        wait,
        ProblemTypes.CodesUsedUp);

    public static Problem TooManyCodes(TimeSpan wait) => Limited(
        "A code was sent to this number a moment ago and is still valid. Wait before asking for another.",
        new RateLimitPolicy("otp", 5, TimeSpan.FromMinutes(10)),
        wait,
        ProblemTypes.TooManyCodes);

    public static Problem TooManyWrongPasswords(TimeSpan wait) => Limited(
        $"Too many wrong passwords for this number. {SignInByCodeHint}",
        new RateLimitPolicy("login", 10, TimeSpan.FromHours(1)),
        wait,
        ProblemTypes.TooManyPasswords);

    private static Problem Limited(string detail, RateLimitPolicy limit, TimeSpan wait, string type) =>
        new(StatusCodes.Status429TooManyRequests, detail, RateLimitPolicy.ToRetryAfterSeconds(wait)) { Type = type, RateLimit = limit };
}
