using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using GeminiChat.Gateway.AiSdk;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Files;
using GeminiChat.Gateway.Health;
using GeminiChat.Gateway.Models;
using GeminiChat.Gateway.Notices;
using GeminiChat.Gateway.Payments;
using GeminiChat.Gateway.Search;
using GeminiChat.Gateway.Shares;
using GeminiChat.Gateway.Users;

namespace GeminiChat.Gateway.Web;

/// <summary>How JSON is written: snake_case, absent members left out, text as it is rather than as escapes.</summary>
internal static class Json
{
    /// <summary>
    /// The default encoder escapes every letter outside ASCII, because JSON may be pasted into HTML. These answers always
    /// have a content type of JSON or event stream, with <c>nosniff</c>.
    /// </summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static JsonContext Context { get; } = new(Configure(new JsonSerializerOptions()));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Encoder = Encoder;
        options.Converters.Add(new TimeConverter());
        return options;
    }

    /// <summary>ISO 8601, UTC, milliseconds: <c>2026-01-31T12:00:00.000Z</c>.</summary>
    internal sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        private const string Format = "yyyy-MM-ddTHH:mm:ss.fffZ";
        private const int Length = 24;

        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<byte> text = stackalloc byte[Length];
            value.UtcDateTime.TryFormat(text, out _, Format, CultureInfo.InvariantCulture);
            writer.WriteStringValue(text);
        }
    }
}

/// <summary>Everything that is written as JSON. <see cref="JsonInput"/> has what is read.</summary>
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(SealedSignUp))]
[JsonSerializable(typeof(SignedUpResponse))]
[JsonSerializable(typeof(OtpSentResponse))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(DoneResponse))]
[JsonSerializable(typeof(UserResponse))]
[JsonSerializable(typeof(ImmutableArray<ModelResponse>))]
[JsonSerializable(typeof(DailyUsageResponse))]
[JsonSerializable(typeof(ImmutableArray<UserSessionResponse>))]
[JsonSerializable(typeof(CreatedRoomResponse))]
[JsonSerializable(typeof(ImmutableArray<RoomResponse>))]
[JsonSerializable(typeof(RoomViewResponse))]
[JsonSerializable(typeof(UpdatedRoomResponse))]
[JsonSerializable(typeof(AcceptedResponse))]
[JsonSerializable(typeof(FileResponse))]
[JsonSerializable(typeof(IAsyncEnumerable<FileResponse>))]
[JsonSerializable(typeof(SearchResponse))]
[JsonSerializable(typeof(MessageResponse))]
[JsonSerializable(typeof(FailedEvent))]
[JsonSerializable(typeof(RoomUpdatedEvent))]
[JsonSerializable(typeof(CreatedShareResponse))]
[JsonSerializable(typeof(ImmutableArray<ShareResponse>))]
[JsonSerializable(typeof(IAsyncEnumerable<ExportedShareResponse>))]
[JsonSerializable(typeof(SharedResponse))]
[JsonSerializable(typeof(SharedMessageResponse))]
[JsonSerializable(typeof(RoomDeletedEvent))]
[JsonSerializable(typeof(ReplyQueuedEvent))]
[JsonSerializable(typeof(ReplyGeneratingEvent))]
[JsonSerializable(typeof(ReplyFinishedEvent))]
[JsonSerializable(typeof(TierEvent))]
[JsonSerializable(typeof(ReloadEvent))]
[JsonSerializable(typeof(ConnectedEvent))]
[JsonSerializable(typeof(CheckoutResponse))]
[JsonSerializable(typeof(PortalResponse))]
[JsonSerializable(typeof(SubscriptionResponse))]
[JsonSerializable(typeof(WebhookResponse))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(UiMessageChunk))]
[JsonSerializable(typeof(UiMessage))]
[JsonSerializable(typeof(ImmutableArray<UiMessage>))]
internal sealed partial class JsonContext : JsonSerializerContext;
