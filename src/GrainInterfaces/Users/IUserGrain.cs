using GeminiChat.GrainInterfaces.Chatrooms;
using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// A user's account: the profile, the list of rooms with their latest notices, and the tier. Key: the user's id
/// (UUIDv7). Password and sessions belong to <see cref="IUserSecurityGrain"/>.
/// </summary>
/// <remarks>
/// Reads and changes of rooms interleave with everything. Everything except the usage is returned from memory. The room
/// list contains all acknowledged changes. A change that was stored although its call failed
/// appears within a minute.
/// </remarks>
[Alias("geminichat.IUserGrain")]
public partial interface IUserGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Creates the user. If the user exists and has no password, sets name and password of the sign-up. Durable when the
    /// call returns. Safe to repeat. Does nothing when the user has been deleted, because a deletion is final.
    /// </summary>
    [Alias("EnsureCreated")]
    Task EnsureCreated(VerifiedUser user);

    /// <summary>
    /// Creates the user of an identity unless the user exists. Durable when the call returns. Safe to repeat.
    /// </summary>
    /// <returns>False when the user has been deleted.</returns>
    [Alias("EnsureCreatedForIdentity")]
    Task<bool> EnsureCreatedForIdentity(IdentityUser user);

    /// <summary>
    /// The profile; null when the user does not exist. The same instance is returned until something changes.
    /// </summary>
    [AlwaysInterleave, Alias("GetProfile")]
    Task<UserProfile?> GetProfile();

    /// <summary>
    /// All rooms, archived and temporary ones too: pinned ones first, then the newest activity first. The same instance is
    /// returned until the list changes.
    /// </summary>
    [AlwaysInterleave, Alias("ListRooms")]
    Task<RoomList> ListRooms();

    /// <summary>
    /// Checks that the user may have one more room, and reserves the place for a minute. Safe to repeat for the same
    /// room.
    /// </summary>
    [AlwaysInterleave, Alias("ReserveRoom")]
    Task<RoomReservation> ReserveRoom(Guid roomId);

    /// <summary>
    /// Notifies this grain of a room's new state, which is ignored when a newer one is known, and gives its notices to
    /// the user's devices. A change without a notice makes the devices reload. A room that has been deleted is ignored.
    /// Devices get no notice of a temporary room. A repeat repeats the notices.
    /// </summary>
    /// <param name="room">The room.</param>
    /// <param name="notices">In order. Silos of the previous version send none and ignore them.</param>
    /// <returns>Whether a device follows the user's notices, or did so a moment ago.</returns>
    [AlwaysInterleave, Alias("RoomChanged")]
    Task<bool> RoomChanged(RoomSummary room, ImmutableArray<Notice> notices);

    /// <summary>
    /// Waits for notices after a cursor, at most <see cref="LongPollTimeout"/>. Any number of readers may wait; a reader
    /// cannot slow down another. A reader that passes each <see cref="NoticePage.Next"/> to the next call misses nothing.
    /// After a gap, a move or a crash the notices begin with <see cref="Notice.Reload"/>. Safe to repeat.
    /// </summary>
    /// <param name="from">Where to continue; null returns at once with the cursor to begin at.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when the user does not exist.</returns>
    [AlwaysInterleave, ResponseTimeout(ResponseTimeouts.LongPoll), Alias("FollowNotices")]
    Task<NoticePage?> FollowNotices(NoticeCursor? from, CancellationToken cancellationToken);

    /// <summary>
    /// Notifies this grain that a room has been deleted for good. Later changes of the room are ignored. Safe to repeat.
    /// </summary>
    [AlwaysInterleave, Alias("RoomDeleted")]
    Task RoomDeleted(Guid roomId);

    /// <summary>Changes the user's name. Durable when the call returns.</summary>
    /// <param name="name">1 to 200 code units; null for none.</param>
    /// <returns>The profile; null when the user does not exist.</returns>
    [Alias("Rename")]
    Task<UserProfile?> Rename(string? name);

    /// <summary>
    /// Sets the tier that the user's subscription grants. Ignored when that version or a newer one is known. Durable when
    /// the call returns. Safe to repeat. Does nothing when the user does not exist.
    /// </summary>
    [AlwaysInterleave, Alias("SetTier")]
    Task SetTier(TierGrant grant);

    /// <summary>Today's usage as stored; null when the user does not exist.</summary>
    [AlwaysInterleave, Alias("GetUsage")]
    Task<DailyUsage?> GetUsage();

    /// <summary>
    /// Deletes the user for good. When the call returns, this is durable: the user does not exist, all sessions have
    /// ended, and nothing can be created. Soon after, the number is released, the subscription is ended and all data is
    /// erased, even if a step fails at first. Safe to repeat.
    /// </summary>
    /// <param name="sessionId">The session that requests the deletion.</param>
    /// <returns>False when that session has ended.</returns>
    [Alias("Delete")]
    Task<bool> Delete(Guid sessionId);

    /// <summary>Deletes the user as <see cref="Delete"/> does, for the token of another issuer.</summary>
    /// <param name="issuedAt">When the token was issued.</param>
    /// <returns>False when the token is no longer accepted.</returns>
    [Alias("DeleteByExternalToken")]
    Task<bool> DeleteByExternalToken(DateTimeOffset issuedAt);

    /// <summary>Starts the erasure of a deleted user's remaining data unless it is running. Safe to repeat.</summary>
    [Alias("Wake")]
    Task Wake();

    /// <summary>
    /// Searches the messages of all rooms that are not temporary, for at most 3 s. A search that begins after a message was
    /// acknowledged finds it, and one that begins after a deletion was acknowledged finds nothing of what was deleted. Messages
    /// from before the search are missing until they are indexed. May throw <see cref="StoreUnavailableException"/>.
    /// </summary>
    [AlwaysInterleave, Alias("Search")]
    Task<SearchOutcome> Search(MessageSearch search);

    /// <summary>The maximum time that <see cref="FollowNotices"/> waits for notices.</summary>
    static readonly TimeSpan LongPollTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The most rooms one user may have.</summary>
    const int MaxRooms = 1000;

    /// <summary>The most searches of one user that run at the same time.</summary>
    const int MaxSearches = 4;
}

/// <summary>Whether a user may have one more room.</summary>
public enum RoomReservation
{
    /// <summary>The place is reserved.</summary>
    Reserved = 0,

    /// <summary>The user has <see cref="IUserGrain.MaxRooms"/> rooms, including reserved places.</summary>
    TooManyRooms = 1,

    /// <summary>The user does not exist.</summary>
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

/// <summary>The user of an identity.</summary>
/// <param name="IdentityKey">The key of <see cref="IIdentityGrain"/>.</param>
/// <param name="Name">As the issuer says; null for none.</param>
/// <param name="MobileNumber">As the issuer says, E.164, not verified; null for none.</param>
[GenerateSerializer, Immutable, Alias("geminichat.IdentityUser")]
public sealed record IdentityUser(
    [property: Id(0)] string IdentityKey,
    [property: Id(1)] string? Name,
    [property: Id(2)] string? MobileNumber)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(IdentityUser);
}

/// <summary>A user as they see themselves.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Name">Null when none was given.</param>
/// <param name="MobileNumber">E.164; null when the user has none.</param>
/// <param name="CreatedAt">When the user was created, to the millisecond.</param>
/// <param name="Tier">The tier in force.</param>
/// <param name="IdentityKey">
/// The key of <see cref="IIdentityGrain"/> of a user who signs in elsewhere. Then the number is not verified and proves nothing. Null for
/// the user of a number.
/// </param>
[GenerateSerializer, Immutable, Alias("geminichat.UserProfile")]
public sealed record UserProfile(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string? Name,
    [property: Id(2)] string? MobileNumber,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] Tier Tier = Tier.Basic,
    [property: Id(5)] string? IdentityKey = null)
{
    /// <summary>The number that the user signs in with; null for a user who signs in elsewhere.</summary>
    public string? GetVerifiedNumber() => IdentityKey is null ? MobileNumber : null;

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(UserProfile);
}

/// <summary>A user's rooms.</summary>
/// <param name="Rooms">Pinned ones first, then the newest activity first.</param>
[GenerateSerializer, Immutable, Alias("geminichat.RoomList")]
public sealed record RoomList([property: Id(0)] ImmutableArray<RoomSummary> Rooms);
