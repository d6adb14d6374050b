using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

/// <summary>A user's password and sessions. Key: the user's id.</summary>
/// <remarks>
/// Reads interleave with everything and are answered from memory. What changes something runs one at a time and is durable
/// when it returns. A repeat does no harm. This grain calls no other.
/// </remarks>
[Alias("geminichat.IUserSecurityGrain")]
public interface IUserSecurityGrain : IGrainWithGuidKey
{
    /// <summary>Whether an access token's session goes on. Answered from memory.</summary>
    /// <param name="sessionId">The claim <c>sid</c>.</param>
    /// <param name="version">The claim <c>ver</c>.</param>
    [AlwaysInterleave, Alias("CheckSession")]
    Task<bool> CheckSession(Guid sessionId, int version);

    /// <summary>What a password is checked against; null when there is no such user.</summary>
    [AlwaysInterleave, Alias("GetCredentials")]
    Task<Credentials?> GetCredentials();

    /// <summary>
    /// Starts a session of at most 30 days. Of more than <see cref="MaxSessions"/> the oldest ends.
    /// </summary>
    /// <returns>Null when there is no such user, or the version is not the current one.</returns>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("StartSession")]
    Task<SessionGrant?> StartSession(NewSession session);

    /// <summary>
    /// Exchanges a session's refresh token. Safe to repeat with the same successor, until that is exchanged itself. Any
    /// other use of a token that was spent before ends its session, since either its holder or who took it now has it
    /// twice (RFC 9700, 4.14).
    /// </summary>
    /// <param name="sessionId">The session that the token belongs to.</param>
    /// <param name="spent">The SHA-256 of the token. The caller knows that it is one that was issued for this session.</param>
    /// <param name="next">The SHA-256 of the token that takes its place.</param>
    /// <returns>Null when the token is not good any more.</returns>
    [Alias("RefreshSession")]
    Task<SessionGrant?> RefreshSession(Guid sessionId, ImmutableArray<byte> spent, ImmutableArray<byte> next);

    /// <summary>The sessions that go on, the one that was used last first; null when there is no such user.</summary>
    [AlwaysInterleave, Alias("ListSessions")]
    Task<SessionList?> ListSessions();

    /// <summary>Ends a session; nothing happens when it has ended before.</summary>
    [Alias("EndSession")]
    Task EndSession(Guid sessionId);

    /// <summary>Ends all sessions.</summary>
    [Alias("EndAllSessions")]
    Task EndAllSessions();

    /// <summary>Sets the first password of a user; nothing happens when there is one.</summary>
    [Alias("SetFirstPassword")]
    Task SetFirstPassword(string passwordHash);

    /// <summary>Sets the password and ends all sessions but one, whose access tokens stay good.</summary>
    /// <param name="sessionId">The session that goes on.</param>
    /// <param name="known">The hash that the current password was found right against.</param>
    /// <param name="next">The new password's hash.</param>
    /// <returns>False when the session has ended or the password is another by now.</returns>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("ChangePassword")]
    Task<bool> ChangePassword(Guid sessionId, string known, string next);

    /// <summary>Sets the password and ends all sessions.</summary>
    [Alias("ResetPassword")]
    Task ResetPassword(string passwordHash);

    /// <summary>Replaces a hash by a stronger one of the same password, unless the password has changed.</summary>
    [Alias("StrengthenHash")]
    Task RehashPassword(string known, string next);

    /// <summary>Tells that the user has been deleted: no session goes on, and none starts. Needs no storage.</summary>
    [Alias("Close")]
    Task Close();

    /// <summary>Erases what is stored of a user who has been deleted.</summary>
    [Alias("Erase")]
    Task Erase();

    /// <summary>Reads everything anew: a process of the version before may have changed it. Goes with the next version.</summary>
    [Alias("Reload")]
    Task Reload();

    /// <summary>The most sessions one user may have.</summary>
    const int MaxSessions = 50;
}
