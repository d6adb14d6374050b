using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using GeminiChat.Gateway.AiSdk;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Shares;
using GeminiChat.Gateway.Users;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>How request bodies are read: strictly, but unknown members are ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 32,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(StrictStringConverter), typeof(Json.TimeConverter)])]
[JsonSerializable(typeof(SignUpRequest))]
[JsonSerializable(typeof(SendOtpRequest))]
[JsonSerializable(typeof(VerifyOtpRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(LogoutRequest))]
[JsonSerializable(typeof(ForgotPasswordRequest))]
[JsonSerializable(typeof(ResetPasswordRequest))]
[JsonSerializable(typeof(ChangePasswordRequest))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(CreateRoomRequest))]
[JsonSerializable(typeof(UpdateRoomRequest))]
[JsonSerializable(typeof(ForkRoomRequest))]
[JsonSerializable(typeof(PostMessageRequest))]
[JsonSerializable(typeof(RegenerateReplyRequest))]
[JsonSerializable(typeof(FeedbackRequest))]
[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(CreateShareRequest))]
[JsonSerializable(typeof(UpdateUserRequest))]
[JsonSerializable(typeof(DeleteUserRequest))]
internal sealed partial class JsonInput : JsonSerializerContext
{
    public const string MediaType = "application/json";
    public const string NotAnObject = "The body must be a JSON object.";

    public static JsonTypeInfo<T> Of<T>() => Info<T>.Value;

    /// <summary>Whether the headers of a request announce JSON in UTF-8 that is not compressed.</summary>
    public static bool IsIn(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return false;
        }

        var type = request.ContentType;
        return string.Equals(type, MediaType, StringComparison.OrdinalIgnoreCase)
            || (MediaTypeHeaderValue.TryParse(type, out var parsed)
                && request.HasJsonContentType()
                && (!parsed.Charset.HasValue || parsed.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Says what is wrong with a body.</summary>
    public static string Describe(JsonException exception) => exception switch
    {
        { InnerException: JsonException syntax } =>
            $"The body is not valid JSON: look at line {syntax.LineNumber + 1}, byte {syntax.BytePositionInLine + 1}.",
        InvalidStringException { Path: ['$', '.', .. var field] } invalid => $"{field} {invalid.Message}.",
        { Message: var text } when text.StartsWith("Duplicate", StringComparison.Ordinal) => "The body names the same field twice.",
        { Path: ['$', '.', .. var field] } => $"{field} has the wrong type.",
        _ => NotAnObject,
    };

    private static class Info<T>
    {
        public static readonly JsonTypeInfo<T> Value = (JsonTypeInfo<T>)Default.GetTypeInfo(typeof(T))!;
    }
}

/// <summary>Reads strings. Its errors are written for the user of the API.</summary>
internal sealed class StrictStringConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not JsonTokenType.String)
        {
            throw new InvalidStringException("must be a string");
        }

        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // The body is valid UTF-8, so the only possible cause is an escape such as \ud800 without its other half.
            throw new InvalidStringException("holds half of a surrogate pair");
        }
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}

/// <summary>The value of a field is not valid text. The serializer adds the path of the field.</summary>
/// <param name="error">The rest of a sentence that starts with the name of the field.</param>
internal sealed class InvalidStringException(string error) : JsonException(error);
