namespace GeminiChat.Gateway.Auth;

/// <summary>Starts and continues sessions. The grain of the sessions gets only the hashes of tokens.</summary>
internal sealed class SessionService(IGrainFactory grains, AccessTokenService access, RefreshTokenService refresh, TimeProvider time)
{
    /// <summary>Starts a session for a user who has just been authenticated.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="version">See <see cref="NewSession"/>.</param>
    /// <param name="userAgent">See <see cref="UserAgent"/>; null if the request is not of the user's own device.</param>
    /// <param name="lifetime">The lifetime of the first access token; null for the usual one.</param>
    /// <returns>Null if the credentials have changed meanwhile.</returns>
    public async Task<TokenResponse?> StartAsync(Guid userId, int? version, string? userAgent, TimeSpan? lifetime = null)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var (token, hash) = refresh.Create(userId, id);
        var grant = await grains.UserSecurity(userId).StartSession(new NewSession(id, hash, version, userAgent));
        return grant is null ? null : Tokens(userId, grant, token, lifetime);
    }

    /// <summary>Exchanges a refresh token.</summary>
    /// <param name="spent">The token; null if it is not valid.</param>
    /// <param name="key">
    /// The client's idempotency key: the same key gives the same refresh token, until that one is exchanged itself.
    /// </param>
    /// <param name="cancellationToken">Ends the repeats.</param>
    /// <returns>Null if the token is not accepted.</returns>
    public async Task<TokenResponse?> RefreshAsync(RefreshToken? spent, string? key, CancellationToken cancellationToken)
    {
        if (spent is null)
        {
            return null;
        }

        var (token, hash) = refresh.CreateSuccessor(spent, key);
        var security = grains.UserSecurity(spent.UserId);
        var grant = await GrainCalls.RetryAsync(() => security.RefreshSession(spent.SessionId, spent.Hash, hash), cancellationToken);
        return grant is null ? null : Tokens(spent.UserId, grant, token);
    }

    private TokenResponse Tokens(Guid userId, SessionGrant grant, string refreshToken, TimeSpan? lifetime = null) =>
        new(access.Issue(userId, grant, lifetime), "bearer", (int?)lifetime?.TotalSeconds ?? access.ExpiresIn, refreshToken);
}
