using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Gateway.Shares;

internal static class ShareProblems
{
    /// <summary>The same for an unknown token and for whatever has ended a share.</summary>
    public static Problem NotShared { get; } =
        new(StatusCodes.Status404NotFound, "There is no shared conversation at this address, or it is not shared any more.")
        {
            Type = ProblemTypes.ShareEnded,
        };

    public static Problem AlreadyExpired { get; } = Problems.BadRequest("expires_at must be in the future.");

    public static Problem BadHost { get; } = Problems.BadRequest("The Host header is not an address that a share could have.");

    public static Problem RoomEmpty { get; } = new(StatusCodes.Status409Conflict, "The chatroom has no messages to share yet.")
    {
        Type = ProblemTypes.NothingToShare,
    };

    public static Problem ReplyPending => ChatroomProblems.BranchPending;

    public static Problem TooManyShares { get; } = new(
        StatusCodes.Status409Conflict, $"The chatroom has {IShareGrain.MaxShares} shares, which is the limit. End one first.")
    {
        Type = ProblemTypes.TooManyShares,
    };

    public static Problem KeyReused => ChatroomProblems.KeyReused;

    public static Problem Ended { get; } = new(
        StatusCodes.Status410Gone, $"The share of this {IdempotencyKey.HeaderName} has ended. Use a new key for a new one.")
    {
        Type = ProblemTypes.ShareEnded,
    };
}
