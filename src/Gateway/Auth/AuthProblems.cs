using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Auth;

/// <summary>What can go wrong when signing up and in.</summary>
internal static class AuthProblems
{
    public static Problem NumberTaken { get; } =
        new(StatusCodes.Status409Conflict, "This mobile number has an account already. Sign in with a one-time code.");

    /// <summary>The same for every kind of wrong code, so that nothing can be learned from it.</summary>
    public static Problem WrongCode { get; } =
        Problems.BadRequest("otp_code is wrong, used or expired. Ask for a new one: POST /auth/send-otp.");

    public static Problem Busy { get; } =
        new(StatusCodes.Status429TooManyRequests, "Too many people are signing up at this moment. Try again shortly.")
        {
            RetryAfter = 3,
        };
}
