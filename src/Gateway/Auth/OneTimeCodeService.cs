using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Auth;

/// <summary>Has one-time codes made and delivered, and says which one a guess is about.</summary>
internal sealed class OneTimeCodeService(Phones phones, IOtpSender sender, KnownDevices devices, IOptions<OtpOptions> options)
{
    private readonly int _perDay = options.Value.CodesPerDay;

    /// <summary>Makes a code and has it delivered. The answer is the same for every number.</summary>
    public async Task<IResult> SendAsync(string? mobileNumber, CodePurpose purpose, string? deviceToken, HttpContext http)
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
