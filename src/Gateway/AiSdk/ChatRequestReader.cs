using System.Text.Json;
using System.Text.Unicode;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>
/// Reads the request of <c>useChat</c>. A client sends the whole history each time, with the bytes of its files. All messages but the
/// user's newest one are cut out before the rest is read, so the history makes no objects.
/// </summary>
internal static class ChatRequestReader
{
    /// <summary>Reads a body.</summary>
    /// <param name="utf8">The body.</param>
    /// <param name="error">What is wrong with it.</param>
    public static ChatRequest? Read(ReadOnlySpan<byte> utf8, out string? error)
    {
        error = null;
        if (!Utf8.IsValid(utf8))
        {
            error = "The body is not valid UTF-8.";
            return null;
        }

        try
        {
            var request = JsonSerializer.Deserialize(WithNewestQuestion(utf8), JsonInput.Of<ChatRequest>());
            error = request is null ? JsonInput.NotAnObject : BodyValidator<ChatRequest>.Validate(request);
            return error is null ? request : null;
        }
        catch (JsonException exception)
        {
            error = JsonInput.Describe(exception);
            return null;
        }
    }

    /// <summary>The body with at most one message. If it is not what it should be, it is returned as it is.</summary>
    private static byte[] WithNewestQuestion(ReadOnlySpan<byte> utf8)
    {
        var (messages, newest) = FindMessages(utf8);
        return messages is { } array
            ? [.. utf8[..array.Start.Value], (byte)'[', .. newest is { } found ? utf8[found] : [], (byte)']', .. utf8[array.End.Value..]]
            : utf8.ToArray();
    }

    private static (Range? Messages, Range? Newest) FindMessages(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        try
        {
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            {
                return (null, null);
            }

            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var isMessages = reader.ValueTextEquals("messages"u8);
                reader.Read();
                if (isMessages && reader.TokenType is JsonTokenType.StartArray)
                {
                    var start = (int)reader.TokenStartIndex;
                    var newest = FindNewestQuestion(ref reader);
                    return (start..(int)reader.BytesConsumed, newest);
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // The serializer will say what is wrong.
        }

        return (null, null);
    }

    private static Range? FindNewestQuestion(ref Utf8JsonReader reader)
    {
        Range? newest = null;
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            if (IsQuestion(ref reader))
            {
                newest = start..(int)reader.BytesConsumed;
            }
        }

        return newest;
    }

    /// <summary>Reads a message to its end.</summary>
    private static bool IsQuestion(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        var isQuestion = false;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isRole = reader.ValueTextEquals("role"u8);
            reader.Read();
            isQuestion |= isRole && reader.TokenType is JsonTokenType.String && reader.ValueTextEquals(UiMessage.UserRole);
            reader.Skip();
        }

        return isQuestion;
    }
}
