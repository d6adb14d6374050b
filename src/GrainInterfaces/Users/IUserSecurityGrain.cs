using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

/// <summary>A user's password and sessions. Key: the user's id.</summary>
/// <remarks>
/// Reads interleave with everything and are returned from memory. Changes run one at a time and are durable when the call
/// returns. Each call is safe to repeat. This grain calls no other grain.
/// </remarks>
[Alias("geminichat.IUserSecurityGrain")]
public interface IUserSecurityGrain : IGrainWithGuidKey
{
    /// <summary>Whether the session of an access token is active. Returned from memory.</summary>
    /// <param name="sessionId">The claim <c>sid</c>.</param>
    /// <param name="version">The claim <c>ver</c>.</param>
    [AlwaysInterleave, Alias("CheckSession")]
    Task<bool> CheckSession(Guid sessionId, int version);

    /// <summary>
    /// Whether a token that another issuer issued at this time is accepted: the user exists, and has not ended all sessions since.
    /// Returned from memory.
    /// </summary>
    [AlwaysInterleave, Alias("CheckExternalToken")]
    Task<bool> CheckExternalToken(DateTimeOffset issuedAt);

    /// <summary>The data for a password check; null when the user does not exist.</summary>
    [AlwaysInterleave, Alias("GetCredentials")]
    Task<Credentials?> GetCredentials();

    /// <summary>
    /// Starts a session of at most 30 days. If there are more than <see cref="MaxSessions"/>, the oldest one ends.
    /// </summary>
    /// <returns>Null when the user does not exist, or when the version is not the current one.</returns>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("StartSession")]
    Task<SessionGrant?> StartSession(NewSession session);

    /// <summary>
    /// Exchanges a session's refresh token. Safe to repeat with the same next token, until that one is exchanged itself.
    /// Any other use of an already exchanged token ends its session, because the token may have been stolen: two holders
    /// may have it (RFC 9700, 4.14).
    /// </summary>
    /// <param name="sessionId">The session of the token.</param>
    /// <param name="spent">
    /// The SHA-256 of the token. The caller has verified that the token was issued for this session.
    /// </param>
    /// <param name="next">The SHA-256 of the token that replaces it.</param>
    /// <returns>Null when the token is no longer valid.</returns>
    [Alias("RefreshSession")]
    Task<SessionGrant?> RefreshSession(Guid sessionId, ImmutableArray<byte> spent, ImmutableArray<byte> next);

    /// <summary>The active sessions, the most recently used one first; null when the user does not exist.</summary>
    [AlwaysInterleave, Alias("ListSessions")]
    Task<SessionList?> ListSessions();

    /// <summary>Ends a session. Does nothing when the session has already ended.</summary>
    [Alias("EndSession")]
    Task EndSession(Guid sessionId);

    /// <summary>Ends all sessions. Tokens that other issuers have issued until now are not accepted any more.</summary>
    [Alias("EndAllSessions")]
    Task EndAllSessions();

    /// <summary>Sets the first password of a user. Does nothing when the user has a password.</summary>
    [Alias("SetFirstPassword")]
    Task SetFirstPassword(string passwordHash);

    /// <summary>Sets the password and ends all sessions but one. The access tokens of that session stay valid.</summary>
    /// <param name="sessionId">The session that stays active.</param>
    /// <param name="known">The hash against which the current password was found right.</param>
    /// <param name="next">The new password's hash.</param>
    /// <returns>False when the session has ended or the password has changed meanwhile.</returns>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("ChangePassword")]
    Task<bool> ChangePassword(Guid sessionId, string known, string next);

    /// <summary>Sets the password and ends all sessions.</summary>
    [Alias("ResetPassword")]
    Task ResetPassword(string passwordHash);

    /// <summary>Replaces a hash by a stronger one of the same password, unless the password has changed.</summary>
    [Alias("StrengthenHash")]
    Task RehashPassword(string known, string next);

    /// <summary>
    /// Records in memory that the user has been deleted: all sessions have ended, and no new one starts. Needs no
    /// storage.
    /// </summary>
    [Alias("Close")]
    Task Close();

    /// <summary>Erases the stored data of a deleted user.</summary>
    [Alias("Erase")]
    Task Erase();

    /// <summary>
    /// Reads the state again, because a process of the previous version may have changed it. The next version removes
    /// this method.
    /// </summary>
    [Alias("Reload")]
    Task Reload();

    /// <summary>The most sessions one user may have.</summary>
    const int MaxSessions = 50;
}
