using System.Collections.Immutable;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Grains.Users;

/// <summary>The part about password and sessions.</summary>
internal sealed partial class UserGrain
{
    public Task<bool> CheckSession(Guid sessionId, int version)
    {
        LeaveIfAbsent();
        return Task.FromResult(_profile is not null && security.State.Allows(sessionId, version, time.GetUtcNow()));
    }

    public Task<Credentials?> GetCredentials()
    {
        LeaveIfAbsent();
        return Task.FromResult(_profile is null
            ? null
            : new Credentials(security.State.PasswordHash, security.State.Version, _profile.MobileNumber));
    }

    public async Task<SessionGrant?> StartSession(NewSession session)
    {
        LeaveIfAbsent();
        if (_profile is null || (session.Version is { } seen && seen != security.State.Version))
        {
            return null;
        }

        await Secure(security.State.Start(session, time.GetUtcNow()));
        return new SessionGrant(session.Id, security.State.Version);
    }

    public async Task<SessionGrant?> RefreshSession(Guid sessionId, ImmutableArray<byte> spent, ImmutableArray<byte> next)
    {
        LeaveIfAbsent();
        if (_profile is null)
        {
            return null;
        }

        var (state, result) = security.State.Refresh(sessionId, spent, next, time.GetUtcNow());
        await Secure(state);
        if (result is RefreshResult.Reused)
        {
            Log.Reused(logger, this.GetPrimaryKey(), sessionId);
        }

        return result is RefreshResult.Exchanged ? new SessionGrant(sessionId, state.Version) : null;
    }

    public Task<SessionList?> ListSessions()
    {
        LeaveIfAbsent();
        return Task.FromResult(_profile is null ? null : security.State.List(time.GetUtcNow()));
    }

    public Task EndSession(Guid sessionId) => SecureUser(state => state.End(sessionId));

    public Task EndAllSessions() => SecureUser(state => state.EndAll());

    public async Task<bool> ChangePassword(Guid sessionId, string known, string next)
    {
        if (_profile is null || security.State.PasswordHash != known || security.State.Find(sessionId) is null)
        {
            return false;
        }

        await Secure(security.State.EndAll(except: sessionId) with { PasswordHash = next });
        return true;
    }

    public Task ResetPassword(string passwordHash) =>
        SecureUser(state => state.EndAll() with { PasswordHash = passwordHash });

    public Task StrengthenHash(string known, string next) =>
        SecureUser(state => state.PasswordHash == known ? state with { PasswordHash = next } : state);

    /// <summary>Of a user who is gone nothing is kept.</summary>
    private Task SecureUser(Func<UserSecurity, UserSecurity> next)
    {
        LeaveIfAbsent();
        return _profile is null ? Task.CompletedTask : Secure(next(security.State));
    }

    /// <summary>
    /// Reads that interleave see the new state before it is durable: an ended session may look ended a little early,
    /// and nobody knows of a session or token before its call has returned.
    /// </summary>
    private async Task Secure(UserSecurity state)
    {
        var before = security.State;
        if (ReferenceEquals(before, state))
        {
            return;
        }

        security.State = state;
        try
        {
            await security.WriteStateAsync();
        }
        catch
        {
            // Whether it is stored is unknown: the next activation reads it.
            security.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A spent refresh token of user {UserId} was used again; session {SessionId} has ended")]
        public static partial void Reused(ILogger logger, Guid userId, Guid sessionId);
    }
}
