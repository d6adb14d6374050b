using GeminiChat.GrainInterfaces.Chatrooms;
using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

// For processes of the previous version, which call this grain for password, sessions and admission, and send notices on a
// stream. Each session method does the same as the method of the same name in IUserSecurityGrain. The next version removes
// this file (decisions 13 and 14).
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
    /// How many turns of a room the day's limit allows. Rooms of the previous version ask for it; their commit checks the
    /// limit again.
    /// </summary>
    [AlwaysInterleave, Alias("Admit")]
    Task<Admission?> Admit(Guid roomId, int count);

    /// <inheritdoc cref="RoomChanged"/>
    [AlwaysInterleave, Alias("TurnsStored")]
    Task TurnsStored(RoomSummary room);

    /// <summary>
    /// False, because this grain reads no stream of notices. What rooms of the previous version report makes devices reload.
    /// </summary>
    [AlwaysInterleave, Alias("HasFollowers")]
    Task<bool> HasFollowers();

    /// <summary>Does nothing, because admissions are not stored.</summary>
    [AlwaysInterleave, Alias("Withdraw")]
    Task Withdraw(Guid roomId);

    /// <summary>Does nothing, because the day's count is read from the store each time.</summary>
    [AlwaysInterleave, Alias("Recount")]
    Task Recount();
}

/// <summary>How many turns may be stored.</summary>
/// <param name="Granted">From zero to all requested turns.</param>
/// <param name="Day">The UTC day that they count for.</param>
/// <param name="Usage">The day's usage, including these turns.</param>
[GenerateSerializer, Immutable, Alias("geminichat.Admission")]
public sealed record Admission(
    [property: Id(0)] int Granted,
    [property: Id(1)] DateOnly Day,
    [property: Id(2)] DailyUsage Usage);
