using System.Buffers.Binary;

namespace GeminiChat.Gateway.Files;

/// <summary>The chunks of a PNG that can say where it was taken. Each has a checksum, which is computed anew.</summary>
internal static class PngMetadata
{
    private const int SignatureBytes = 8;
    private const int HeadBytes = 8;
    private const int ChecksumBytes = 4;
    private const int KeywordBytes = 80;
    private const int MaxChunks = 100_000;
    private const int BufferBytes = 64 * 1024;

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(static index =>
    {
        var value = (uint)index;
        for (var bit = 0; bit < 8; bit++)
        {
            value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ 0xEDB88320;
        }

        return value;
    })];

    private static ReadOnlySpan<byte> XmpKeyword => "XML:com.adobe.xmp\0"u8;

    public static void RemoveGps(ImageFile file)
    {
        var end = file.Length;
        var head = new byte[HeadBytes];
        long at = SignatureBytes;
        for (var chunk = 0; chunk < MaxChunks && file.Read(head, at) == HeadBytes; chunk++)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(head);
            var data = at + HeadBytes;
            if (data + length + ChecksumBytes > end)
            {
                return;
            }

            RemoveFromChunk(file, head.AsSpan(4), data, length);
            at = data + length + ChecksumBytes;
        }
    }

    private static void RemoveFromChunk(ImageFile file, ReadOnlySpan<byte> type, long data, long length)
    {
        var isExif = type.SequenceEqual("eXIf"u8);
        if (!isExif && !type.SequenceEqual("tEXt"u8) && !type.SequenceEqual("zTXt"u8) && !type.SequenceEqual("iTXt"u8))
        {
            return;
        }

        var before = Checksum(file, data - 4, length + 4);
        if (isExif)
        {
            // The type of the chunk marks EXIF.
            GpsRemoval.Remove(file, data - 4, data + length);
        }
        else
        {
            RemoveFromText(file, type, data, length);
        }

        var after = Checksum(file, data - 4, length + 4);
        if (after != before)
        {
            var bytes = new byte[ChecksumBytes];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, after);
            RandomAccess.Write(file.Handle, bytes, data + length);
        }
    }

    // EXIF and XMP in hexadecimal digits, or compressed, cannot be changed in part: the whole text becomes a blank comment.
    private static void RemoveFromText(ImageFile file, ReadOnlySpan<byte> type, long data, long length)
    {
        var keyword = new byte[Math.Min(KeywordBytes, length)];
        file.Read(keyword, data);
        var isXmp = keyword.AsSpan().StartsWith(XmpKeyword);
        var isCompressed = !type.SequenceEqual("iTXt"u8) || (isXmp && keyword.AsSpan(XmpKeyword.Length) is not [0, ..]);
        if (isXmp && !isCompressed)
        {
            GpsRemoval.Remove(file, data, data + length);
        }
        else if (isXmp || keyword.AsSpan().StartsWith("Raw profile type "u8))
        {
            RandomAccess.Write(file.Handle, "tEXt"u8, data - 4);
            Fill(file, data, length);
            RandomAccess.Write(file.Handle, "Comment\0"u8, data);
        }
    }

    private static void Fill(ImageFile file, long from, long length)
    {
        var blank = new byte[Math.Min(length, BufferBytes)];
        Array.Fill(blank, (byte)' ');
        for (var written = 0L; written < length; written += blank.Length)
        {
            RandomAccess.Write(file.Handle, blank.AsSpan(0, (int)Math.Min(blank.Length, length - written)), from + written);
        }
    }

    private static uint Checksum(ImageFile file, long from, long length)
    {
        var buffer = new byte[Math.Min(BufferBytes, length)];
        var crc = uint.MaxValue;
        for (var done = 0L; done < length;)
        {
            var read = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done)), from + done);
            foreach (var one in buffer.AsSpan(0, read))
            {
                crc = CrcTable[(byte)(crc ^ one)] ^ (crc >> 8);
            }

            done += read;
        }

        return ~crc;
    }
}
