namespace GeminiChat.Silo.Store.Writing;

/// <summary>
/// The order of a transaction's statements. Transactions of two processes do not wait for each other in a circle,
/// because each takes its locks in the same order:
/// <list type="number">
/// <item>the users that it makes or deletes, or whose usage or tier it changes, or whose rooms it makes or deletes, by <see cref="LockKey"/>; whoever writes a
/// usage row holds its user's lock, so the row itself is never waited for;</item>
/// <item>rooms with their replies, by the room's id;</item>
/// <item>rows of users, deleted ones too, and the usage that is kept with their numbers, by the user's id;</item>
/// <item>a user's customer, then their events, by the user's id;</item>
/// <item>unverified numbers, by their grain's key.</item>
/// </list>
/// Within one room there is no order, since what is queued first shall be done first. So two activations of one room,
/// which a healing cluster may have for a while, can deadlock; the database ends one of them, and it is repeated.
/// </summary>
internal static class WriteOrder
{
    public static WriteOperation[] Sort(IEnumerable<WriteOperation> operations) =>
        [.. operations.OrderBy(operation => operation.Table).ThenBy(operation => operation.Key)];

    /// <summary>The users that the operations lock, in the order in which they are to be locked.</summary>
    public static long[] UserLocks(IEnumerable<WriteOperation> operations) =>
    [
        .. operations
            .Where(operation => operation.LocksUser)
            .Select(operation => LockKey(operation.UserId))
            .Distinct()
            .Order(),
    ];

    /// <summary>A user's id as a number. Two users with the same one only wait for each other more often.</summary>
    public static long LockKey(Guid userId)
    {
        Span<byte> bytes = stackalloc byte[16];
        userId.TryWriteBytes(bytes);
        return BitConverter.ToInt64(bytes[8..]);
    }
}
