namespace GeminiChat.Silo.Store.Writing;

/// <summary>
/// The order of a transaction's statements. Each transaction takes its locks in the same order, so transactions of two processes
/// do not deadlock:
/// <list type="number">
/// <item>the users that it creates or deletes, whose usage or tier it changes, or whose rooms it creates or deletes, by
/// <see cref="LockKey"/>; a write to a usage row always holds its user's lock, so it never waits for the row itself;</item>
/// <item>rooms with their replies, by the room's id;</item>
/// <item>rows of users, deleted ones too, and the usage that is kept with their numbers, by the user's id;</item>
/// <item>a user's customer, then the user's events, by the user's id;</item>
/// <item>unverified numbers, by their grain's key;</item>
/// <item>shares that end, by the room's id;</item>
/// <item>files that are added or deleted by themselves, by the user's id;</item>
/// <item>deliveries of webhooks that are sent or given up, by their number.</item>
/// </list>
/// Writes of one room stay in the order in which they were queued. So two activations of one room, which can exist for a while
/// after a cluster was split, can deadlock. The database then ends one of the transactions, and it is retried.
/// </summary>
internal static class WriteOrder
{
    public static WriteOperation[] Sort(IEnumerable<WriteOperation> operations) =>
        [.. operations.OrderBy(operation => operation.Table).ThenBy(operation => operation.Key)];

    /// <summary>The keys of the user locks that the operations need, in the order in which to take them.</summary>
    public static long[] UserLocks(IEnumerable<WriteOperation> operations) =>
    [
        .. operations
            .Where(operation => operation.LocksUser)
            .Select(operation => LockKey(operation.UserId))
            .Distinct()
            .Order(),
    ];

    /// <summary>A user's id as a number. Two users with the same number only wait for each other more often.</summary>
    public static long LockKey(Guid userId)
    {
        Span<byte> bytes = stackalloc byte[16];
        userId.TryWriteBytes(bytes);
        return BitConverter.ToInt64(bytes[8..]);
    }
}
