using System.Collections.Immutable;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Grains.Users;

/// <summary>How often something may happen to one number.</summary>
internal static class PhoneLimits
{
    /// <summary>A person who waits for a message asks again too soon.</summary>
    private static readonly TimeSpan CoolDown = TimeSpan.FromMinutes(1);

    /// <summary>Codes made, as Twilio Verify has it: five in ten minutes.</summary>
    public static Limit Codes { get; } = new(5, TimeSpan.FromMinutes(10));

    /// <summary>
    /// Codes for a reset among them. Anybody can ask for those; two of the five are left for their owner to sign in.
    /// </summary>
    public static Limit ResetCodes { get; } = new(3, TimeSpan.FromMinutes(10));

    /// <summary>Five guesses at each of five codes in ten minutes would be 3,600 a day, a chance of 0.36 %.</summary>
    public static Limit WrongCodes { get; } = new(20, TimeSpan.FromDays(1));

    public static Limit WrongPasswords { get; } = new(10, TimeSpan.FromHours(1));

    /// <summary>How long no new code may be made; null when one may be now.</summary>
    public static TimeSpan? WaitForCode(this PhoneState phone, CodePurpose purpose, DateTimeOffset now)
    {
        var coolDown = phone.CodeFor(purpose) is { } unused
            ? new Limit(1, CoolDown).Wait([unused.MadeAt], now)
            : null;
        var reset = purpose is CodePurpose.Reset ? ResetCodes.Wait(phone.ResetCodesMade, now) : null;
        return new[] { coolDown, reset, Codes.Wait(phone.CodesMade, now) }.Max();
    }

    /// <summary>Counts a code that was made.</summary>
    public static PhoneState CountCode(this PhoneState phone, CodePurpose purpose, DateTimeOffset now) => phone with
    {
        CodesMade = Codes.Count(phone.CodesMade, now),
        ResetCodesMade = purpose is CodePurpose.Reset ? ResetCodes.Count(phone.ResetCodesMade, now) : phone.ResetCodesMade,
    };
}

/// <summary>At most so many in any stretch of time.</summary>
/// <param name="Most">How many.</param>
/// <param name="Window">In how long a time.</param>
internal readonly record struct Limit(int Most, TimeSpan Window)
{
    /// <summary>How long until there may be one more; null when there may be one now.</summary>
    /// <param name="past">The newest <see cref="Most"/> moments, the newest last.</param>
    /// <param name="now">A clock that was set back makes nobody wait longer than the window.</param>
    public TimeSpan? Wait(ImmutableArray<DateTimeOffset> past, DateTimeOffset now)
    {
        if (past.Length < Most)
        {
            return null;
        }

        var wait = past[^Most] + Window - now;
        return wait <= TimeSpan.Zero ? null : wait < Window ? wait : Window;
    }

    /// <summary>The moments to remember after one more.</summary>
    public ImmutableArray<DateTimeOffset> Count(ImmutableArray<DateTimeOffset> past, DateTimeOffset now) =>
        [.. past.TakeLast(Most - 1), now];
}
