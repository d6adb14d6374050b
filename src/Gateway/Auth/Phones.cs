using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Auth;

/// <summary>Finds the grain of a mobile number. The secret for that never changes, so it is asked for once.</summary>
internal sealed class Phones(IGrainFactory grains)
{
    private byte[]? _secret;

    /// <summary>The grain of a number in E.164 form.</summary>
    public async ValueTask<IPhoneGrain> FindAsync(string e164, CancellationToken cancellationToken)
    {
        _secret ??= [.. await Patient.Ask(grains.NumberSecret(), static secret => secret.Get(), cancellationToken)];
        return grains.Phone(PhoneKey.Of(_secret, e164));
    }
}
