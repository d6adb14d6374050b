using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Auth;

/// <summary>Starts sessions and keeps them going. Tokens exist here only; the user's grain gets their hashes.</summary>
internal sealed class Sessions(IGrainFactory grains, AccessTokens access, RefreshTokens refresh, TimeProvider time)
{
    /// <summary>Starts a session for a user who has just been proved.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="version">See <see cref="NewSession"/>.</param>
    /// <returns>Null when the proof does not hold any more.</returns>
    public async Task<TokenResponse?> StartAsync(Guid userId, int? version)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var (token, hash) = refresh.New(userId, id);
        var grant = await grains.User(userId).StartSession(new NewSession(id, hash, version));
        return grant is null ? null : Tokens(userId, grant, token);
    }

    /// <summary>Exchanges a refresh token; null when it is not good.</summary>
    public async Task<TokenResponse?> RefreshAsync(string text)
    {
        if (!refresh.TryRead(text, out var spent))
        {
            return null;
        }

        // Never repeated: our own repeat would be the reuse that ends the session.
        var (token, hash) = refresh.New(spent.UserId, spent.SessionId);
        var grant = await grains.User(spent.UserId).RefreshSession(spent.SessionId, spent.Hash, hash);
        return grant is null ? null : Tokens(spent.UserId, grant, token);
    }

    private TokenResponse Tokens(Guid userId, SessionGrant grant, string refreshToken) =>
        new(access.Issue(userId, grant), "bearer", access.ExpiresIn, refreshToken);
}
