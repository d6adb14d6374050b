using System.Collections.Immutable;
using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

/// <remarks>
/// What follows is called by processes of the version before alone, and by what they may have to see at once. It does the
/// same as its namesake of <see cref="IUserSecurityGrain"/>, and goes with the next version (decision 12).
/// </remarks>
public partial interface IUserGrain
{
    /// <inheritdoc cref="IUserSecurityGrain.CheckSession"/>
    [AlwaysInterleave, Alias("CheckSession")]
    Task<bool> CheckSession(Guid sessionId, int version);

    /// <inheritdoc cref="IUserSecurityGrain.GetCredentials"/>
    [AlwaysInterleave, Alias("GetCredentials")]
    Task<Credentials?> GetCredentials();

    /// <inheritdoc cref="IUserSecurityGrain.StartSession"/>
    [ResponseTimeout(AnswerWithin.OneTry), Alias("StartSession")]
    Task<SessionGrant?> StartSession(NewSession session);

    /// <inheritdoc cref="IUserSecurityGrain.RefreshSession"/>
    [Alias("RefreshSession")]
    Task<SessionGrant?> RefreshSession(Guid sessionId, ImmutableArray<byte> spent, ImmutableArray<byte> next);

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
    [ResponseTimeout(AnswerWithin.OneTry), Alias("ChangePassword")]
    Task<bool> ChangePassword(Guid sessionId, string known, string next);

    /// <inheritdoc cref="IUserSecurityGrain.ResetPassword"/>
    [Alias("ResetPassword")]
    Task ResetPassword(string passwordHash);

    /// <inheritdoc cref="IUserSecurityGrain.StrengthenHash"/>
    [Alias("StrengthenHash")]
    Task StrengthenHash(string known, string next);
}
