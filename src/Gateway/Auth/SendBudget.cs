using GeminiChat.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Which messages are worth their money: none to numbers that earn by being called, and so many a day in all, whatever
/// a flood of requests asks for.
/// </summary>
internal sealed class SendBudget(IOptions<OtpOptions> options, TimeProvider time)
{
    private readonly string[] _blocked = Words.Of(options.Value.BlockedPrefixes);
    private readonly int _most = options.Value.MostSends ?? 0;
    private readonly Lock _gate = new();
    private DateOnly _day;
    private int _sent;

    /// <summary>Whether a message may go to a number; counts it when it may.</summary>
    public bool Allows(string e164)
    {
        if (Array.Exists(_blocked, prefix => e164.StartsWith(prefix, StringComparison.Ordinal)) || MobileNumbers.IsPremium(e164))
        {
            return false;
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        lock (_gate)
        {
            _sent = _day == today ? _sent + 1 : 1;
            _day = today;
            return _most == 0 || _sent <= _most;
        }
    }
}
