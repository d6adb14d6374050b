using System.Diagnostics.CodeAnalysis;
using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Numbers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Auth;

/// <summary>Has one-time codes made and delivered, and says which one a guess is about.</summary>
internal sealed class OneTimeCodeService(PhoneGrainLocator phones, IOtpSender sender, DeviceTokenReader devices, IOptions<OtpOptions> options)
{
    private readonly int _perDay = options.Value.CodesPerNumberPerDay;

    /// <summary>Makes a code and has it delivered. The answer is the same for every number.</summary>
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

    /// <summary>A guess at the code of a request; at the newest code when none is named.</summary>
    public CodeGuess CreateGuess(Guid? requestId) => new(requestId, _perDay);
}

/// <summary>One-time codes as people type and paste them.</summary>
internal static class OneTimeCodeParser
{
    private const int Length = 6;

    /// <summary>
    /// Reads a code, with digits of any script, and spaces or hyphens between them. False for what could be no code at all:
    /// that is wrong without being counted.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out string? code)
    {
        code = string.Concat(PhoneNumberText.Normalize(text).Where(character => !char.IsWhiteSpace(character) && character != '-'));
        return code.Length == Length && code.All(char.IsAsciiDigit);
    }
}
