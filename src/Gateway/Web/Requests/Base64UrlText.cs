using System.Buffers;
using System.Buffers.Text;

namespace GeminiChat.Gateway.Web;

/// <summary>Reads what clients send back in base64url. The framework's own methods throw at some malformed texts.</summary>
internal static class Base64UrlText
{
    /// <summary>Decodes a text that must fill the bytes exactly; false when it is anything else.</summary>
    public static bool TryDecode(string text, Span<byte> bytes) =>
        text.Length == Base64Url.GetEncodedLength(bytes.Length)
        && Base64Url.DecodeFromChars(text, bytes, out var consumed, out var written) is OperationStatus.Done
        && consumed == text.Length && written == bytes.Length;
}
