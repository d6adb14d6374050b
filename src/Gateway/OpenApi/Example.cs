namespace GeminiChat.Gateway.OpenApi;

/// <summary>Values that the examples of the OpenAPI document share.</summary>
internal static class Example
{
    public const string Number = "+14155550123";
    public const string ETag = "\"q83vEjRWeJCrze8SNFZ4kA\"";
    public const string ShareToken = "bPJ0n6m0cTq3wX1vZk5SdA";
    public const string ChatId = "chat-1";
    public const long MessageId = 1;
    public const long ReplyId = 2;

    public static Guid UserId { get; } = new("019c143a-5d80-7816-8f68-3b7cadd14e2a");

    public static Guid RoomId { get; } = new("019c143a-6180-7b01-a3e5-90c1d27f64b8");

    public static Guid SessionId { get; } = new("019c143a-5d80-7a51-9c0e-2f6d18b7a3e4");

    public static Guid ShareId { get; } = new("019c143a-7a10-7c3e-8d52-b41f60e9a7c8");

    public static Guid FileId { get; } = new("019c143a-7f20-7e5b-9a41-0c8d6b52f7e3");

    public static DateTimeOffset Time { get; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A route with its parameters filled in.</summary>
    public static PathString Path(string route) => $"/{route.TrimEnd('/')}"
        .Replace("{id}", RoomId.ToString(), StringComparison.Ordinal)
        .Replace("{chat_id}", ChatId, StringComparison.Ordinal)
        .Replace("{sid}", SessionId.ToString(), StringComparison.Ordinal)
        .Replace("{share_id}", ShareId.ToString(), StringComparison.Ordinal)
        .Replace("{file_id}", FileId.ToString(), StringComparison.Ordinal)
        .Replace("{token}", ShareToken, StringComparison.Ordinal)
        .Replace("{mid}", $"{ReplyId}", StringComparison.Ordinal);
}
