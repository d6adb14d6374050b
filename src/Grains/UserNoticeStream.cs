using Orleans.Streams;

namespace GeminiChat.Grains;

/// <summary>
/// The stream of a user's notices, keyed by the user id. The user's grain is subscribed implicitly. Delivery is in
/// memory, at least once, and may fail. Nothing that must be correct depends on it.
/// </summary>
internal static class UserNoticeStream
{
    public const string Provider = "notices";
    public const string Namespace = "geminichat.notices";

    public static IAsyncStream<Notice> GetNoticeStream(this IStreamProvider provider, Guid userId) =>
        provider.GetStream<Notice>(StreamId.Create(Namespace, userId));
}
