namespace GeminiChat.Grains.Users;

/// <summary>The usable one-time codes of a number, newest last.</summary>
internal static class PhoneCodes
{
    /// <summary>
    /// How many codes for one purpose are valid at the same time: this many for each known device, and this many for all
    /// other devices together. So a request from another device never uses up a code of a known device.
    /// </summary>
    private const int MaxActiveCodes = 3;

    /// <summary>All codes. State that a process of the previous version has written has no list.</summary>
    public static ImmutableArray<StoredCode> AllCodes(this PhoneState phone) => phone.Codes.IsEmpty
        ? [.. new[] { phone.LegacySignInCode, AsResetCode(phone.LegacyResetCode) }.OfType<StoredCode>()]
        : phone.Codes;

    /// <summary>The newest unused code for a purpose that one requester has asked for.</summary>
    public static StoredCode? FindNewestCode(this PhoneState phone, CodePurpose purpose, Guid? device) =>
        phone.AllCodes().LastOrDefault(code => code.Purpose == purpose && code.DeviceSessionId == device);

    /// <summary>
    /// The code that a guess refers to; null when there is no valid one. A guess without a request refers to the newest
    /// code that an unknown device asked for.
    /// </summary>
    public static StoredCode? FindGuessedCode(this PhoneState phone, CodePurpose purpose, Guid? requestId, DateTimeOffset now)
    {
        var code = phone.AllCodes()
            .LastOrDefault(code => code.Purpose == purpose && (requestId is { } id ? code.RequestId == id : code.DeviceSessionId is null));
        return code?.IsValidAt(now) is true ? code : null;
    }

    /// <summary>Adds a new code. It replaces the requester's oldest code when there are too many.</summary>
    public static PhoneState AddCode(this PhoneState phone, StoredCode code, DateTimeOffset now)
    {
        var valid = phone.AllCodes().Where(other => other.IsValidAt(now)).ToList();
        var siblings = valid.Where(other => other.Purpose == code.Purpose && other.DeviceSessionId == code.DeviceSessionId).ToList();
        return phone.WithCodes([.. valid.Except(siblings.SkipLast(MaxActiveCodes - 1)), code]);
    }

    public static PhoneState RemoveCodes(this PhoneState phone, Predicate<StoredCode> isGone) =>
        phone.WithCodes(phone.AllCodes().RemoveAll(isGone));

    /// <summary>
    /// Counts a wrong guess; null when the code allows no more guesses of this kind. Guesses that do not name the request
    /// can come from anybody, so they do not count against the requester's guesses. The first of them counts as one more
    /// code, so a day's guesses are never more than five times its codes.
    /// </summary>
    public static PhoneState? CountWrongGuess(this PhoneState phone, StoredCode code, CodeGuess guess, DateTimeOffset now)
    {
        var isNamed = guess.RequestId is not null;
        var ofThisKind = isNamed ? code.NamedGuesses : code.UnnamedGuesses;
        if (ofThisKind >= OneTimeCodes.MaxGuesses)
        {
            return null;
        }

        var counted = isNamed ? code with { NamedGuesses = ofThisKind + 1 } : code with { UnnamedGuesses = ofThisKind + 1 };
        var next = phone.WithCodes(phone.AllCodes().Replace(code, counted));
        if (isNamed || code.DeviceSessionId is not null || ofThisKind > 0)
        {
            return next;
        }

        return PhoneLimits.GetDailyRetryAfter(phone.CodesIssuedAt, guess.CodesPerDay, now) is null
            ? next.CountCode(CodePurpose.SignIn, guess.CodesPerDay, now)
            : null;
    }

    /// <summary>
    /// Sets the codes. The newest codes of unknown devices are also stored where the previous version reads them.
    /// </summary>
    private static PhoneState WithCodes(this PhoneState phone, ImmutableArray<StoredCode> codes)
    {
        var next = phone with { Codes = codes, LegacySignInCode = null, LegacyResetCode = null };
        return next with { LegacySignInCode = next.FindNewestCode(CodePurpose.SignIn, null), LegacyResetCode = next.FindNewestCode(CodePurpose.Reset, null) };
    }

    private static StoredCode? AsResetCode(StoredCode? code) => code is null ? null : code with { Purpose = CodePurpose.Reset };
}
