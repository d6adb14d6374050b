using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>The address of a file in a message: of an uploaded one, or with its bytes.</summary>
[JsonConverter(typeof(Converter))]
internal sealed class FileUrl
{
    private const string FilesPath = "/files/";
    private const string ContentPath = "/content";

    /// <summary>The address; null if it has the bytes.</summary>
    public string? Address { get; init; }

    /// <summary>The bytes of a data URL.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>The uploaded file that the address names, at whatever host; null if it names none.</summary>
    public Guid? FileId
    {
        get
        {
            var path = Address.AsSpan();
            path = path[..(path.IndexOfAny('?', '#') is >= 0 and var end ? end : path.Length)];
            var start = path.LastIndexOf(FilesPath);
            return start >= 0 && path.EndsWith(ContentPath)
                && Guid.TryParseExact(path[(start + FilesPath.Length)..^ContentPath.Length], "D", out var id) ? id : null;
        }
    }

    /// <summary>Decodes data URLs from the bytes of the body, so that a large file is never a string.</summary>
    internal sealed class Converter : JsonConverter<FileUrl>
    {
        public override FileUrl Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType is not JsonTokenType.String)
            {
                throw new InvalidStringException("must be a string");
            }

            if (reader.HasValueSequence || reader.ValueIsEscaped || !reader.ValueSpan.StartsWith("data:"u8))
            {
                var text = GetText(ref reader);
                return text.StartsWith("data:", StringComparison.Ordinal) ? Decode(Encoding.UTF8.GetBytes(text)) : new FileUrl { Address = text };
            }

            return Decode(reader.ValueSpan);
        }

        public override void Write(Utf8JsonWriter writer, FileUrl value, JsonSerializerOptions options) => writer.WriteStringValue(value.Address);

        private static string GetText(ref Utf8JsonReader reader)
        {
            try
            {
                return reader.GetString()!;
            }
            catch (InvalidOperationException)
            {
                throw new InvalidStringException("holds half of a surrogate pair");
            }
        }

        private static FileUrl Decode(ReadOnlySpan<byte> url)
        {
            var comma = url.IndexOf((byte)',');
            if (comma < 0 || !url[..comma].EndsWith(";base64"u8))
            {
                throw new InvalidStringException("is a data URL without base64");
            }

            var base64 = url[(comma + 1)..];
            var data = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
            return Base64.DecodeFromUtf8(base64, data, out _, out var length) is OperationStatus.Done
                ? new FileUrl { Data = data.AsMemory(0, length) }
                : throw new InvalidStringException("is not valid base64");
        }
    }
}
