using GeminiChat.GrainInterfaces.Chatrooms;
using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

// For processes of the version before, which look for password, sessions and admission here. Each call of a session does the
// same as its namesake of IUserSecurityGrain. This file goes with the next version (decision 13).
public partial interface IUserGrain
{
    /// <inheritdoc cref="IUserSecurityGrain.CheckSession"/>
    [AlwaysInterleave, Alias("CheckSession")]
    Task<bool> CheckSession(Guid sessionId, int version);

    /// <inheritdoc cref="IUserSecurityGrain.GetCredentials"/>
    [AlwaysInterleave, Alias("GetCredentials")]
    Task<Credentials?> GetCredentials();

    /// <inheritdoc cref="IUserSecurityGrain.StartSession"/>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("StartSession")]
    Task<SessionGrant?> StartSession(NewSession session);

    /// <inheritdoc cref="IUserSecurityGrain.RefreshSession"/>
    [Alias("RefreshSession")]
    Task<SessionGrant?> RefreshSession(Guid sessionId, ImmutableArray<byte> tokenHash, ImmutableArray<byte> newTokenHash);

    /// <inheritdoc cref="IUserSecurityGrain.ListSessions"/>
    [AlwaysInterleave, Alias("ListSessions")]
    Task<SessionList?> ListSessions();

    /// <inheritdoc cref="IUserSecurityGrain.EndSession"/>
    [Alias("EndSession")]
    Task EndSession(Guid sessionId);

    /// <inheritdoc cref="IUserSecurityGrain.EndAllSessions"/>
    [Alias("EndAllSessions")]
    Task EndAllSessions();

    /// <inheritdoc cref="IUserSecurityGrain.ChangePassword"/>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("ChangePassword")]
    Task<bool> ChangePassword(Guid sessionId, string currentHash, string newHash);

    /// <inheritdoc cref="IUserSecurityGrain.ResetPassword"/>
    [Alias("ResetPassword")]
    Task ResetPassword(string passwordHash);

    /// <inheritdoc cref="IUserSecurityGrain.RehashPassword"/>
    [Alias("StrengthenHash")]
    Task RehashPassword(string currentHash, string newHash);

    /// <summary>
    /// How many turns of a room the day's limit allows. Rooms of the version before ask for it; their commit judges again.
    /// </summary>
    [AlwaysInterleave, Alias("Admit")]
    Task<Admission?> Admit(Guid roomId, int count);

    /// <inheritdoc cref="RoomChanged"/>
    [AlwaysInterleave, Alias("TurnsStored")]
    Task TurnsStored(RoomSummary room);

    /// <summary>Does nothing: nothing is kept of what was admitted.</summary>
    [AlwaysInterleave, Alias("Withdraw")]
    Task Withdraw(Guid roomId);

    /// <summary>Does nothing: the day's count is read from the store each time.</summary>
    [AlwaysInterleave, Alias("Recount")]
    Task Recount();
}
