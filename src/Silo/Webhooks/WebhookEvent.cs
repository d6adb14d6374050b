using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GeminiChat.Silo.Webhooks;

/// <summary>The names of events.</summary>
internal static class WebhookEventTypes
{
    public const string ReplyFinished = "reply.finished";
    public const string RoomDeleted = "room.deleted";
    public const string FeedbackGiven = "feedback.given";
    public const string UserCreated = "user.created";
    public const string UserDeleted = "user.deleted";
    public const string SubscriptionChanged = "subscription.changed";
}

/// <summary>The body of a webhook. It has ids and no texts, so that no receiver keeps what a user deletes.</summary>
/// <param name="Type">One of <see cref="WebhookEventTypes"/>.</param>
/// <param name="Timestamp">When it happened: ISO 8601, UTC, milliseconds.</param>
/// <param name="Data">What it is about.</param>
internal sealed record WebhookEvent(string Type, string Timestamp, WebhookEventData Data)
{
    public static WebhookEvent Of(string type, DateTimeOffset at, WebhookEventData data) =>
        new(type, at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), data);

    public string ToJson() => JsonSerializer.Serialize(this, WebhookJson.Default.WebhookEvent);
}

/// <summary>What an event is about.</summary>
internal sealed record WebhookEventData(Guid UserId, Guid? RoomId = null, WebhookReply? Reply = null)
{
    /// <summary>Events with the same key are delivered in their order.</summary>
    [JsonIgnore]
    public Guid OrderingKey => RoomId ?? UserId;

    public static WebhookEventData Of(RoomKey room, RoomMessage? reply = null) =>
        new(room.UserId, room.RoomId, reply is null ? null : WebhookReply.Of(reply));
}

/// <summary>A reply, with the words of the API.</summary>
internal sealed record WebhookReply(long Id, long? ReplyTo, string Status)
{
    public static WebhookReply Of(RoomMessage reply) => new(reply.Id, reply.ReplyTo, reply.Status.ToString().ToLowerInvariant());
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookEvent))]
internal sealed partial class WebhookJson : JsonSerializerContext;
