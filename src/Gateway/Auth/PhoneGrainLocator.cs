using GeminiChat.GrainInterfaces.Numbers;

namespace GeminiChat.Gateway.Auth;

/// <summary>Finds the grain of a mobile number. The secret for the key never changes, so it is read once.</summary>
internal sealed class PhoneGrainLocator(IGrainFactory grains)
{
    private byte[]? _secret;

    public async ValueTask<IPhoneGrain> FindAsync(string e164, CancellationToken cancellationToken) =>
        (await FindWithNumberAsync(e164, cancellationToken)).Grain;

    /// <summary>
    /// The grain of a phone, and its number. If a phone has two spellings of its number, this is the one with an account; if
    /// both have one, the given spelling. All spellings are asked in parallel, so the time does not reveal which one it is.
    /// </summary>
    public async ValueTask<(IPhoneGrain Grain, string Number)> FindWithNumberAsync(string e164, CancellationToken cancellationToken)
    {
        _secret ??= [.. await GrainCalls.RetryAsync(() => grains.NumberSecret().Get(), cancellationToken)];
        var spellings = PhoneNumberAliases.AllOf(e164);
        if (spellings is [var only])
        {
            return (Grain(only), only);
        }

        var haveAccount = await Task.WhenAll(spellings.Select(spelling =>
            GrainCalls.RetryAsync(() => Grain(spelling).HasAccount(), cancellationToken)));
        var taken = Array.IndexOf(haveAccount, value: true);
        var number = taken < 0 ? PhoneNumberAliases.Canonical(e164) : spellings[taken];
        return (Grain(number), number);
    }

    private IPhoneGrain Grain(string e164) => grains.Phone(PhoneKey.Of(_secret, e164));
}
