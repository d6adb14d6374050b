using GeminiChat.GrainInterfaces.Chatrooms;
using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// A user's account: the profile, the list of rooms with their latest notices, and the tier. Key: the user's id
/// (UUIDv7). Password and sessions belong to <see cref="IUserSecurityGrain"/>.
/// </summary>
/// <remarks>
/// Reads and news of rooms interleave with everything. All but the usage are answered from memory. The room list is
/// that of all acknowledged changes; a change whose caller never got an answer shows within a minute.
/// </remarks>
[Alias("geminichat.IUserGrain")]
public partial interface IUserGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Creates the user, or gives one without a password name and password of a sign-up. Durable when it returns. Safe to
    /// repeat. Nothing happens when the user has been deleted: there is no way back.
    /// </summary>
    [Alias("EnsureCreated")]
    Task EnsureCreated(VerifiedUser user);

    /// <summary>
    /// The profile; null when there is no such user. The same instance is returned until something changes.
    /// </summary>
    [AlwaysInterleave, Alias("GetProfile")]
    Task<UserProfile?> GetProfile();

    /// <summary>All rooms, newest activity first. The same instance is returned until the list changes.</summary>
    [AlwaysInterleave, Alias("ListRooms")]
    Task<RoomList> ListRooms();

    /// <summary>
    /// Makes sure that the user may have one room more, and keeps the place for a minute. Safe to repeat for the same
    /// room.
    /// </summary>
    [AlwaysInterleave, Alias("ReserveRoom")]
    Task<RoomReservation> ReserveRoom(Guid roomId);

    /// <summary>Tells of a room's new state; ignored when a newer one is known. Safe to repeat.</summary>
    [AlwaysInterleave, Alias("RoomChanged")]
    Task RoomChanged(RoomSummary room);

    /// <summary>
    /// Whether anybody follows the user's notices, or did a moment ago: only then are they worth sending.
    /// </summary>
    [AlwaysInterleave, Alias("HasFollowers")]
    Task<bool> HasFollowers();

    /// <summary>
    /// Waits for notices beyond a cursor, at most <see cref="LongPollTimeout"/>. Any number of readers may wait; none can slow
    /// another. Reading from one answer's <see cref="NoticePage.Next"/> to the next misses nothing, or begins with
    /// <see cref="Notice.Reload"/>: after a gap, a move or a crash. Safe to repeat.
    /// </summary>
    /// <param name="from">Where to read on; null answers at once with the place to begin at.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when there is no such user.</returns>
    [AlwaysInterleave, ResponseTimeout(ResponseTimeouts.LongPoll), Alias("FollowNotices")]
    Task<NoticePage?> FollowNotices(NoticeCursor? from, CancellationToken cancellationToken);

    /// <summary>Tells that a room is gone for good: later news of it is ignored. Safe to repeat.</summary>
    [AlwaysInterleave, Alias("RoomDeleted")]
    Task RoomDeleted(Guid roomId);

    /// <summary>Gives the user another name. Durable when it returns.</summary>
    /// <param name="name">1 to 200 code units; null for none.</param>
    /// <returns>The profile; null when there is no such user.</returns>
    [Alias("Rename")]
    Task<UserProfile?> Rename(string? name);

    /// <summary>
    /// Tells of the tier that the user's subscription gives; ignored when that version or a newer one is known. Durable
    /// when it returns. Safe to repeat. Nothing happens when there is no such user.
    /// </summary>
    [AlwaysInterleave, Alias("SetTier")]
    Task SetTier(TierGrant grant);

    /// <summary>Today's messages, as the store has them; null when there is no such user.</summary>
    [AlwaysInterleave, Alias("GetUsage")]
    Task<DailyUsage?> GetUsage();

    /// <summary>
    /// Deletes the user for good. When it returns, that is durable: there is no such user any more, no session goes on,
    /// and nothing can be made. The number is freed, the subscription ended and everything erased soon after, whatever
    /// fails meanwhile. Safe to repeat.
    /// </summary>
    /// <param name="sessionId">The session that asks for it.</param>
    /// <returns>False when that session has ended.</returns>
    [Alias("Delete")]
    Task<bool> Delete(Guid sessionId);

    /// <summary>Makes sure that what is left of a deleted user is being erased. Safe to repeat.</summary>
    [Alias("Wake")]
    Task Wake();

    /// <summary>The longest that <see cref="FollowNotices"/> waits for news.</summary>
    static readonly TimeSpan LongPollTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The most rooms one user may have.</summary>
    const int MaxRooms = 1000;
}

/// <summary>Whether a user may have one room more.</summary>
public enum RoomReservation
{
    /// <summary>The place is kept.</summary>
    Reserved = 0,

    /// <summary>The user has <see cref="IUserGrain.MaxRooms"/> rooms, reserved places counted.</summary>
    TooManyRooms = 1,

    /// <summary>There is no such user.</summary>
    UserAbsent = 2,
}

/// <summary>A user's number, just verified, and what the sign-up before it asked for.</summary>
/// <param name="MobileNumber">E.164.</param>
/// <param name="Name">The name given at sign-up; null when there was no sign-up.</param>
/// <param name="PasswordHash">As ASP.NET Core's <c>PasswordHasher</c> writes it; null when there was no sign-up.</param>
[GenerateSerializer, Immutable, Alias("geminichat.VerifiedUser")]
public sealed record VerifiedUser(
    [property: Id(0)] string MobileNumber,
    [property: Id(1)] string? Name,
    [property: Id(2)] string? PasswordHash)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(VerifiedUser);
}

/// <summary>A user as they see themselves.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Name">Null when none was given.</param>
/// <param name="MobileNumber">E.164.</param>
/// <param name="CreatedAt">When the number was first verified, to the millisecond.</param>
/// <param name="Tier">The tier in force.</param>
[GenerateSerializer, Immutable, Alias("geminichat.UserProfile")]
public sealed record UserProfile(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string? Name,
    [property: Id(2)] string MobileNumber,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] Tier Tier = Tier.Basic)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(UserProfile);
}

/// <summary>A user's rooms.</summary>
/// <param name="Rooms">Newest activity first.</param>
[GenerateSerializer, Immutable, Alias("geminichat.RoomList")]
public sealed record RoomList([property: Id(0)] ImmutableArray<RoomSummary> Rooms);
