using System.Buffers;
using System.Buffers.Text;

namespace GeminiChat.Gateway.Web;

/// <summary>Decodes base64url from clients. The framework's own methods throw exceptions for some malformed texts.</summary>
internal static class Base64UrlText
{
    /// <summary>Decodes a text; false unless it fills the bytes exactly.</summary>
    public static bool TryDecode(string text, Span<byte> bytes) =>
        text.Length == Base64Url.GetEncodedLength(bytes.Length)
        && Base64Url.DecodeFromChars(text, bytes, out var consumed, out var written) is OperationStatus.Done
        && consumed == text.Length && written == bytes.Length;
}
