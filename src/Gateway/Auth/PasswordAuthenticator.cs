namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Checks a password against a number: as long and with the same answers whether or not there is an account, and no
/// more often than the number allows.
/// </summary>
internal sealed class PasswordAuthenticator(IGrainFactory grains, ThrottledPasswordHasher passwords)
{
    /// <summary>Checks a password, and counts it when it is wrong.</summary>
    /// <param name="phone">The number.</param>
    /// <param name="password">What to check.</param>
    /// <param name="device">Where it comes from, for the count; null for a device that is not known.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<PasswordAuthenticationResult> AuthenticateAsync(
        IPhoneGrain phone, string password, KnownDevice? device, CancellationToken cancellationToken)
    {
        var begun = await GrainCalls.RetryAsync(() => phone.BeginLogin(device), cancellationToken);
        if (begun is not LoginOutcome.Allowed { UserId: var userId })
        {
            return ToResult(begun);
        }

        var security = userId is { } id ? grains.UserSecurity(id) : null;
        var known = security is null ? null : await GrainCalls.RetryAsync(() => security.GetCredentials(), cancellationToken);
        var turn = userId is { } owner && device?.UserId == owner
            ? PasswordQueueEntry.ForUser(owner, PasswordQueue.KnownDevice)
            : PasswordQueueEntry.ForAnonymous(PasswordQueue.Login);
        var verdict = await passwords.VerifyAsync(known?.PasswordHash, password, turn, cancellationToken);
        if (verdict is PasswordVerifyOutcome.Busy)
        {
            return new PasswordAuthenticationResult { Problem = AuthProblems.Busy };
        }

        // Asked again with the result in hand: of many checks at once, no more tell it than may.
        var ended = await phone.CompleteLogin(verdict is not PasswordVerifyOutcome.Wrong, device);
        if (ended is not LoginOutcome.Allowed)
        {
            return ToResult(ended);
        }

        if (verdict is PasswordVerifyOutcome.Wrong || known?.PasswordHash is not { } hash)
        {
            return new PasswordAuthenticationResult { Problem = AuthProblems.WrongPassword };
        }

        var stronger = verdict is PasswordVerifyOutcome.RightRehashNeeded
            ? await passwords.HashAsync(password, turn, cancellationToken)
            : null;
        return new PasswordAuthenticationResult { UserId = userId!.Value, PasswordHash = hash, Version = known.Version, UpgradedHash = stronger };
    }

    private static PasswordAuthenticationResult ToResult(LoginOutcome outcome) => outcome is LoginOutcome.RateLimited many
        ? new PasswordAuthenticationResult { Problem = AuthProblems.TooManyWrongPasswords(many.RetryAfter) }
        : throw new NotSupportedException(outcome.GetType().Name);
}

/// <summary>That a password is right, or why that cannot be said.</summary>
internal sealed record PasswordAuthenticationResult
{
    /// <summary>Null when the password is right.</summary>
    public Problem? Problem { get; init; }

    public Guid UserId { get; init; }

    /// <summary>What the password was found right against.</summary>
    public string PasswordHash { get; init; } = "";

    /// <summary>See <see cref="Credentials"/>.</summary>
    public int Version { get; init; }

    /// <summary>To be stored in place of <see cref="PasswordHash"/>, when that is a weak one.</summary>
    public string? UpgradedHash { get; init; }
}
