using System.Diagnostics.CodeAnalysis;
using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Numbers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Auth;

/// <summary>Has one-time codes made and delivered, and says which one a guess is about.</summary>
internal sealed class OneTimeCodeService(Phones phones, IOtpSender sender, KnownDevices devices, IOptions<OtpOptions> options)
{
    private readonly int _perDay = options.Value.CodesPerDay;

    /// <summary>Makes a code and has it delivered. The answer is the same for every number.</summary>
    public async Task<Results<Ok<OtpSentResponse>, Problem>> SendAsync(string? mobileNumber, CodePurpose purpose, string? deviceToken, HttpContext http)
    {
        var (phone, number) = await phones.FindSpelledAsync(MobileNumbers.Normalise(mobileNumber), http.RequestAborted);
        switch (await phone.SendCode(number, purpose, new CodeRequest(devices.Find(deviceToken), _perDay)))
        {
            case CodeOutcome.Issued made:
                var network = ClientNetwork.Of(http.Connection.RemoteIpAddress);
                var shown = sender.Send(new OtpMessage(number, made.Code.Code, purpose, made.IsDecoy, made.HasAccount, network));
                return TypedResults.Ok(OtpSentResponse.Of(made.RequestId == Guid.Empty ? null : made.RequestId, shown));
            case CodeOutcome.TooSoon soon:
                return AuthProblems.TooManyCodes(soon);
            case var other:
                throw new NotSupportedException(other.GetType().Name);
        }
    }

    /// <summary>A guess at the code of a request; at the newest code when none is named.</summary>
    public CodeGuess ToGuess(Guid? requestId) => new(requestId, _perDay);
}

/// <summary>One-time codes as people type and paste them.</summary>
internal static class OneTimeCodeText
{
    private const int Length = 6;

    /// <summary>
    /// Reads a code, with digits of any script, and spaces or hyphens between them. False for what could be no code at all:
    /// that is wrong without being counted.
    /// </summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? code)
    {
        code = string.Concat(NumberText.Clean(text).Where(character => !char.IsWhiteSpace(character) && character != '-'));
        return code.Length == Length && code.All(char.IsAsciiDigit);
    }
}
