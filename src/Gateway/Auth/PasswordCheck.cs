namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Checks a password against a number: as long and with the same answers whether or not there is an account, and no
/// more often than the number allows.
/// </summary>
internal sealed class PasswordCheck(IGrainFactory grains, Passwords passwords)
{
    /// <summary>Checks a password, and counts it when it is wrong.</summary>
    /// <param name="phone">The number.</param>
    /// <param name="password">What to check.</param>
    /// <param name="device">Where it comes from, for the count; null for a device that is not known.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<PasswordProof> RunAsync(
        IPhoneGrain phone, string password, KnownDevice? device, CancellationToken cancellationToken)
    {
        var begun = await GrainCalls.RetryAsync(() => phone.BeginLogin(device), cancellationToken);
        if (begun is not LoginOutcome.Open { UserId: var userId })
        {
            return Refused(begun);
        }

        var security = userId is { } id ? grains.UserSecurity(id) : null;
        var known = security is null ? null : await GrainCalls.RetryAsync(() => security.GetCredentials(), cancellationToken);
        var turn = userId is { } owner && device?.UserId == owner
            ? PasswordTurn.Of(owner, PasswordQueue.KnownDevice)
            : PasswordTurn.OfAnybody(PasswordQueue.Login);
        var verdict = await passwords.CheckAsync(known?.PasswordHash, password, turn, cancellationToken);
        if (verdict is PasswordVerdict.Busy)
        {
            return new PasswordProof { Refusal = AuthProblems.Busy };
        }

        // Asked again with the result in hand: of many checks at once, no more tell it than may.
        var ended = await phone.EndLogin(verdict is not PasswordVerdict.Wrong, device);
        if (ended is not LoginOutcome.Open)
        {
            return Refused(ended);
        }

        if (verdict is PasswordVerdict.Wrong || known?.PasswordHash is not { } hash)
        {
            return new PasswordProof { Refusal = AuthProblems.WrongPassword };
        }

        var stronger = verdict is PasswordVerdict.RightButWeaklyHashed
            ? await passwords.HashAsync(password, turn, cancellationToken)
            : null;
        return new PasswordProof { UserId = userId!.Value, PasswordHash = hash, Version = known.Version, StrongerHash = stronger };
    }

    private static PasswordProof Refused(LoginOutcome outcome) => outcome is LoginOutcome.TooMany many
        ? new PasswordProof { Refusal = AuthProblems.TooManyWrongPasswords(many.RetryAfter) }
        : throw new NotSupportedException(outcome.GetType().Name);
}

/// <summary>That a password is right, or why that cannot be said.</summary>
internal sealed record PasswordProof
{
    /// <summary>Null when the password is right.</summary>
    public Problem? Refusal { get; init; }

    public Guid UserId { get; init; }

    /// <summary>What the password was found right against.</summary>
    public string PasswordHash { get; init; } = "";

    /// <summary>See <see cref="Credentials"/>.</summary>
    public int Version { get; init; }

    /// <summary>To be stored in place of <see cref="PasswordHash"/>, when that is a weak one.</summary>
    public string? StrongerHash { get; init; }
}
