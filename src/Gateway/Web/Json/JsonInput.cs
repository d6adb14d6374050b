using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Users;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>How JSON is read, in UTF-8 and not compressed: strictly, but unknown members are ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    MaxDepth = 32,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(StrictStringConverter)])]
[JsonSerializable(typeof(SignUpRequest))]
[JsonSerializable(typeof(SendOtpRequest))]
[JsonSerializable(typeof(VerifyOtpRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(LogoutRequest))]
[JsonSerializable(typeof(ForgotPasswordRequest))]
[JsonSerializable(typeof(ResetPasswordRequest))]
[JsonSerializable(typeof(ChangePasswordRequest))]
[JsonSerializable(typeof(CreateRoomRequest))]
[JsonSerializable(typeof(UpdateRoomRequest))]
[JsonSerializable(typeof(PostMessageRequest))]
[JsonSerializable(typeof(UpdateUserRequest))]
[JsonSerializable(typeof(DeleteUserRequest))]
internal sealed partial class JsonInput : JsonSerializerContext
{
    public const string MediaType = "application/json";
    public const string NotAnObject = "The body must be a JSON object.";

    public static JsonTypeInfo<T> Of<T>() => Info<T>.Value;

    /// <summary>Whether the request says that its body is what is read.</summary>
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

    /// <summary>Says what is wrong with a body that is not the JSON expected.</summary>
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

/// <summary>Reads text, and says in plain words what is wrong with what is not.</summary>
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
            // The body is known to be UTF-8, so only an escape such as \ud800 without its other half is left.
            throw new InvalidStringException("holds half of a surrogate pair");
        }
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}

/// <summary>A field's value is no text. The serializer adds the field's path.</summary>
/// <param name="error">What is wrong, to follow the field's name.</param>
internal sealed class InvalidStringException(string error) : JsonException(error);
