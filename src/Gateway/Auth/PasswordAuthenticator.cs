namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Checks the password of a number. Time and answers are the same with and without an account. The number of checks per
/// number is limited.
/// </summary>
internal sealed class PasswordAuthenticator(IGrainFactory grains, ThrottledPasswordHasher passwords)
{
    /// <summary>Checks a password, and counts a wrong one for the device; null is any unknown device.</summary>
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
        var entry = userId is { } owner && device?.UserId == owner
            ? new PasswordQueueEntry(PasswordQueue.KnownDevice, owner)
            : new PasswordQueueEntry(PasswordQueue.Login);
        var verdict = await passwords.VerifyAsync(known?.PasswordHash, password, entry, cancellationToken);
        if (verdict is PasswordVerifyOutcome.Busy)
        {
            return new PasswordAuthenticationResult { Problem = AuthProblems.Busy };
        }

        // The limit is checked again with the result, so that parallel checks do not reveal more results than allowed.
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
            ? await passwords.HashAsync(password, entry, cancellationToken)
            : null;
        return new PasswordAuthenticationResult { UserId = userId!.Value, PasswordHash = hash, Version = known.Version, UpgradedHash = stronger };
    }

    private static PasswordAuthenticationResult ToResult(LoginOutcome outcome) => outcome is LoginOutcome.RateLimited many
        ? new PasswordAuthenticationResult { Problem = AuthProblems.TooManyWrongPasswords(many.RetryAfter) }
        : throw new NotSupportedException(outcome.GetType().Name);
}

internal sealed record PasswordAuthenticationResult
{
    /// <summary>Null if the password is right.</summary>
    public Problem? Problem { get; init; }

    public Guid UserId { get; init; }

    /// <summary>The stored hash that the password matches.</summary>
    public string PasswordHash { get; init; } = "";

    /// <summary>See <see cref="Credentials"/>.</summary>
    public int Version { get; init; }

    /// <summary>The replacement for <see cref="PasswordHash"/> if that is weak.</summary>
    public string? UpgradedHash { get; init; }
}
