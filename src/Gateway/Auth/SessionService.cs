namespace GeminiChat.Gateway.Auth;

/// <summary>Starts sessions and keeps them going. Tokens exist here only; the grain of the user's sessions gets their hashes.</summary>
internal sealed class SessionService(IGrainFactory grains, AccessTokenService access, RefreshTokenService refresh, TimeProvider time)
{
    /// <summary>Starts a session for a user who has just been proved.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="version">See <see cref="NewSession"/>.</param>
    /// <returns>Null when the proof does not hold any more.</returns>
    public async Task<TokenResponse?> StartAsync(Guid userId, int? version)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var (token, hash) = refresh.Create(userId, id);
        var grant = await grains.UserSecurity(userId).StartSession(new NewSession(id, hash, version));
        return grant is null ? null : Tokens(userId, grant, token);
    }

    /// <summary>Exchanges a refresh token; null when it is not good.</summary>
    /// <param name="spent">The token; null for what is none of ours.</param>
    /// <param name="key">
    /// The client's choice for this exchange: with the same one it is answered with the same refresh token, until that is
    /// exchanged in its turn. Without one each exchange is another.
    /// </param>
    /// <param name="cancellationToken">Ends the trying, whatever came of it.</param>
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

    private TokenResponse Tokens(Guid userId, SessionGrant grant, string refreshToken) =>
        new(access.Issue(userId, grant), "bearer", access.ExpiresIn, refreshToken);
}
