using System.Buffers.Binary;
using System.Text;

namespace GeminiChat.Gateway.Files;

/// <summary>
/// The types of the files that the model takes, by their first bytes
/// (<see href="https://ai.google.dev/gemini-api/docs/files"/>). The name of a file and what the client says do not count.
/// </summary>
internal static class MediaTypes
{
    /// <summary>How many bytes of a file <see cref="Detect"/> needs.</summary>
    public const int HeadBytes = 512;

    public const string Jpeg = "image/jpeg";
    public const string Png = "image/png";
    public const string Webp = "image/webp";
    public const string Heic = "image/heic";
    public const string Heif = "image/heif";

    private const int OggCodecAt = 28;

    // The GUID of the header object of ASF.
    private static readonly byte[] Asf = Convert.FromHexString("3026B2758E66CF11A6D900AA0062CE6C");

    /// <summary>The type of a file that is not text; null if it is none that the model takes.</summary>
    public static string? Detect(ReadOnlySpan<byte> head) =>
        DetectImageOrDocument(head) ?? DetectAudio(head) ?? DetectVideo(head);

    private static string? DetectImageOrDocument(ReadOnlySpan<byte> head) =>
        head is [0x89, .. var rest] && rest.StartsWith("PNG\r\n\u001A\n"u8) ? Png
        : head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? Jpeg
        : IsForm(head, "RIFF"u8, "WEBP"u8) ? Webp
        : head.StartsWith("%PDF-"u8) ? "application/pdf"
        : Brand(head) switch
        {
            "heic" or "heix" or "heim" or "heis" or "hevc" or "hevx" => Heic,
            "mif1" or "msf1" => Heif,
            _ => null,
        };

    private static string? DetectAudio(ReadOnlySpan<byte> head) =>
        IsForm(head, "RIFF"u8, "WAVE"u8) ? "audio/wav"
        : IsForm(head, "FORM"u8, "AIFF"u8) || IsForm(head, "FORM"u8, "AIFC"u8) ? "audio/aiff"
        : head.StartsWith("fLaC"u8) ? "audio/flac"
        : head.StartsWith("OggS"u8) && HasAudioCodec(head) ? "audio/ogg"
        : head.StartsWith("ID3"u8) || IsMp3Frame(head) ? "audio/mpeg"
        : head is [0xFF, 0xF0 or 0xF1 or 0xF8 or 0xF9, ..] ? "audio/aac"
        : null;

    private static string? DetectVideo(ReadOnlySpan<byte> head) =>
        IsForm(head, "RIFF"u8, "AVI "u8) ? "video/x-msvideo"
        : head is [0, 0, 1, 0xBA or 0xB3, ..] ? "video/mpeg"
        : head.StartsWith("FLV\u0001"u8) ? "video/x-flv"
        : head.StartsWith(Asf) ? "video/x-ms-wmv"
        : head is [0x1A, 0x45, 0xDF, 0xA3, ..] && head[..Math.Min(head.Length, 64)].IndexOf("webm"u8) > 0 ? "video/webm"
        : Brand(head) switch
        {
            "qt  " => "video/quicktime",
            ['3', 'g', 'p' or '2', ..] => "video/3gpp",
            "isom" or "iso2" or "iso3" or "iso4" or "iso5" or "iso6" or "mp41" or "mp42" or "mp71" or "avc1" or "dash" or "M4V "
                or "M4VH" or "M4VP" or "MSNV" or "mmp4" or "f4v " => "video/mp4",
            _ => null,
        };

    private static bool IsForm(ReadOnlySpan<byte> head, ReadOnlySpan<byte> container, ReadOnlySpan<byte> form) =>
        head.Length >= 12 && head.StartsWith(container) && head[8..].StartsWith(form);

    /// <summary>The major brand of a file of the ISO base media format; null if it is none.</summary>
    private static string? Brand(ReadOnlySpan<byte> head) =>
        head.Length >= 12 && head[4..].StartsWith("ftyp"u8) ? Encoding.Latin1.GetString(head[8..12]) : null;

    private static bool HasAudioCodec(ReadOnlySpan<byte> head)
    {
        var codec = head.Length > OggCodecAt ? head[OggCodecAt..] : [];
        return codec.StartsWith("OpusHead"u8) || codec.StartsWith("\u0001vorbis"u8) || codec.StartsWith("Speex"u8)
            || codec.StartsWith("\u007FFLAC"u8);
    }

    // A frame of layer III with a version, a bit rate and a sample rate that exist.
    private static bool IsMp3Frame(ReadOnlySpan<byte> head)
    {
        if (head.Length < 4)
        {
            return false;
        }

        var header = BinaryPrimitives.ReadUInt32BigEndian(head);
        return header >> 21 == 0x7FF && ((header >> 19) & 3) != 1 && ((header >> 17) & 3) == 1
            && ((header >> 12) & 15) is not (0 or 15) && ((header >> 10) & 3) != 3;
    }
}

/// <summary>Decides whether the bytes of a file are text in UTF-8, piece by piece.</summary>
internal sealed class TextDetector
{
    private const string Allowed = "\t\n\u000B\f\r\u001B\b";

    private readonly Decoder _decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetDecoder();
    private readonly char[] _text = new char[16 * 1024];

    /// <summary>Whether everything so far is text.</summary>
    public bool IsText { get; private set; } = true;

    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (IsText && !bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, _text.Length)];
            Decode(piece, isEnd: false);
            bytes = bytes[piece.Length..];
        }
    }

    /// <summary>A file does not end within a character.</summary>
    public void End() => Decode([], isEnd: true);

    private void Decode(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        try
        {
            var length = _decoder.GetChars(bytes, _text, isEnd);
            foreach (var c in _text.AsSpan(0, length))
            {
                IsText &= c >= ' ' || Allowed.Contains(c, StringComparison.Ordinal);
            }
        }
        catch (DecoderFallbackException)
        {
            IsText = false;
        }
    }
}
