using System.Diagnostics.CodeAnalysis;
using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Numbers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Auth;

/// <summary>Issues one-time codes and delivers them.</summary>
internal sealed class OneTimeCodeService(PhoneGrainLocator phones, IOtpSender sender, DeviceTokenReader devices, IOptions<OtpOptions> options)
{
    private readonly int _perDay = options.Value.CodesPerNumberPerDay;

    /// <summary>The answer is the same for every number.</summary>
    public async Task<Results<Ok<OtpSentResponse>, Problem>> SendAsync(string? mobileNumber, CodePurpose purpose, string? deviceToken, HttpContext http)
    {
        var (phone, number) = await phones.FindWithNumberAsync(MobileNumbers.Normalise(mobileNumber), http.RequestAborted);
        switch (await phone.IssueCode(number, purpose, new CodeRequest(devices.Read(deviceToken), _perDay)))
        {
            case IssueCodeOutcome.Issued made:
                var network = ClientNetwork.Of(http.Connection.RemoteIpAddress);
                var shown = sender.Send(new OtpMessage(number, made.Code.Code, purpose, made.IsDecoy, made.HasAccount, network));
                return TypedResults.Ok(OtpSentResponse.Of(made.RequestId == Guid.Empty ? null : made.RequestId, shown));
            case IssueCodeOutcome.RateLimited soon:
                return AuthProblems.TooManyCodes(soon);
            case var other:
                throw new NotSupportedException(other.GetType().Name);
        }
    }

    /// <summary>A guess at the code of a request; without a request id, at the newest code.</summary>
    public CodeGuess CreateGuess(Guid? requestId) => new(requestId, _perDay);
}

internal static class OneTimeCodeParser
{
    private const int Length = 6;

    /// <summary>
    /// Reads a code that a person typed or pasted: digits of any script, with spaces or hyphens between them. A text that cannot
    /// be a code is refused without counting as a guess.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out string? code)
    {
        code = string.Concat(PhoneNumberText.Normalize(text).Where(character => !char.IsWhiteSpace(character) && character != '-'));
        return code.Length == Length && code.All(char.IsAsciiDigit);
    }
}
