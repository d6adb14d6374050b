using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Users;

namespace GeminiChat.Gateway.Web;

/// <summary>How JSON is read: strictly, but unknown members are ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    MaxDepth = 32,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(InputTextConverter)])]
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
    public static JsonTypeInfo<T> Of<T>() => Info<T>.Value;

    private static class Info<T>
    {
        public static readonly JsonTypeInfo<T> Value = (JsonTypeInfo<T>)Default.GetTypeInfo(typeof(T))!;
    }
}

/// <summary>Reads text, and says in plain words what is wrong with what is not.</summary>
internal sealed class InputTextConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not JsonTokenType.String)
        {
            throw new InputTextException("must be a string");
        }

        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // The body is known to be UTF-8, so only an escape such as \ud800 without its other half is left.
            throw new InputTextException("holds half of a surrogate pair");
        }
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}

/// <summary>A field's value is no text. The serializer adds the field's path.</summary>
/// <param name="flaw">What is wrong, to follow the field's name.</param>
internal sealed class InputTextException(string flaw) : JsonException(flaw);
