using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace GeminiChat.Gateway.Files;

/// <summary>
/// Removes from an image where it was taken: the GPS directories of EXIF, and the GPS properties of XMP. They are overwritten in
/// place, so everything else stays as it is, byte for byte.
/// </summary>
/// <remarks>
/// EXIF and XMP are found by their own marks, wherever the format of the image keeps them: also in the second picture of a file
/// with several. Of PNG only the chunks for metadata are searched, because each has a checksum.
/// </remarks>
internal static class GpsRemoval
{
    private const int WindowBytes = 64 * 1024;

    // Longer than any mark and any property.
    private const int OverlapBytes = 512;

    // A picture has a few. This bounds the work for a file that is made to have millions.
    private const int MaxStructures = 100;

    private static readonly SearchValues<byte> AsciiLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Removes the GPS location from a file of this type; does nothing for types that have none.</summary>
    public static void Remove(SafeFileHandle file, string mediaType)
    {
        switch (mediaType)
        {
            case MediaTypes.Png:
                PngMetadata.RemoveGps(file);
                break;
            case MediaTypes.Jpeg or MediaTypes.Webp or MediaTypes.Heic or MediaTypes.Heif:
                Remove(file, 0, RandomAccess.GetLength(file));
                break;
        }
    }

    /// <summary>Removes the GPS location from a part of a file.</summary>
    public static void Remove(SafeFileHandle file, long start, long end)
    {
        var window = new byte[Math.Min(WindowBytes + OverlapBytes, end - start)];
        var structures = 0;
        for (var at = start; at < end; at += WindowBytes)
        {
            var length = RandomAccess.Read(file, window.AsSpan(0, (int)Math.Min(window.Length, end - at)), at);
            structures = RemoveExif(file, window.AsSpan(0, length), at, end, structures);
            RemoveXmp(file, window.AsSpan(0, length), at);
        }
    }

    private static int RemoveExif(SafeFileHandle file, ReadOnlySpan<byte> window, long at, long end, int structures)
    {
        foreach (var byteOrder in (ReadOnlySpan<bool>)[true, false])
        {
            var mark = byteOrder ? "II*\0"u8 : "MM\0*"u8;
            for (var found = IndexOf(window, mark, 0); found >= 0; found = IndexOf(window, mark, found + 1))
            {
                if (IsTiff(window, found, byteOrder) && structures++ < MaxStructures)
                {
                    new TiffMetadata(file, at + found, end, byteOrder).RemoveGps();
                }
            }
        }

        return structures;
    }

    // Four bytes alone can also be a part of the picture.
    private static bool IsTiff(ReadOnlySpan<byte> window, int found, bool isLittleEndian) =>
        (found >= 6 && window[(found - 6)..].StartsWith("Exif\0\0"u8))
        || window[(found + 4)..].StartsWith(isLittleEndian ? "\u0008\0\0\0"u8 : "\0\0\0\u0008"u8);

    // As an attribute exif:GPSLatitude="48,8.5N", or as an element <exif:GPSLatitude>48,8.5N</exif:GPSLatitude>.
    private static void RemoveXmp(SafeFileHandle file, ReadOnlySpan<byte> window, long at)
    {
        var mark = ":GPS"u8;
        for (var found = IndexOf(window, mark, 0); found >= 0; found = IndexOf(window, mark, found + 1))
        {
            var rest = window[(found + mark.Length)..];
            var name = rest.IndexOfAnyExcept(AsciiLetters);
            if (name < 1 || IsInClosingTag(window[..found]))
            {
                continue;
            }

            var value = rest[name..];
            var begin = value.StartsWith("=\""u8) || value.StartsWith("='"u8) ? 2 : value.StartsWith(">"u8) ? 1 : 0;
            var length = begin == 0 ? -1 : value[begin..].IndexOf(begin == 1 ? (byte)'<' : value[1]);
            if (length > 0)
            {
                var blank = new byte[length];
                Array.Fill(blank, (byte)' ');
                RandomAccess.Write(file, blank, at + found + mark.Length + name + begin);
            }
        }
    }

    private static bool IsInClosingTag(ReadOnlySpan<byte> before)
    {
        var tag = before.LastIndexOf((byte)'<');
        return tag >= 0 && before[(tag + 1)..].StartsWith("/"u8);
    }

    private static int IndexOf(ReadOnlySpan<byte> window, ReadOnlySpan<byte> mark, int from)
    {
        var found = from < window.Length ? window[from..].IndexOf(mark) : -1;
        return found < 0 ? -1 : from + found;
    }
}

/// <summary>The directories of EXIF, in the form of TIFF 6.0. Offsets count from its first byte.</summary>
internal sealed class TiffMetadata(SafeFileHandle file, long start, long end, bool isLittleEndian)
{
    private const ushort GpsTag = 0x8825;
    private const ushort ExifTag = 0x8769;
    private const int EntryBytes = 12;
    private const int MaxDirectories = 16;
    private const int MaxEntries = 1000;
    private const int MaxValueBytes = 64 * 1024;

    private static readonly byte[] SizeOfTypes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

    private readonly Queue<uint> _directories = new();
    private readonly HashSet<uint> _known = [];

    /// <summary>Removes the entries that point to a GPS directory, and overwrites that directory with its values.</summary>
    public void RemoveGps()
    {
        Enqueue(ReadUInt32(Read(4, 4), 0));
        while (_directories.TryDequeue(out var directory))
        {
            RemoveFrom(directory);
        }
    }

    private void RemoveFrom(uint directory)
    {
        if (ReadDirectory(directory) is not { } bytes)
        {
            return;
        }

        var count = ReadUInt16(bytes, 0);
        var kept = new List<byte[]>(count);
        for (var i = 0; i < count; i++)
        {
            var entry = bytes.AsSpan(2 + (i * EntryBytes), EntryBytes).ToArray();
            switch (ReadUInt16(entry, 0))
            {
                case GpsTag:
                    OverwriteGps(ReadUInt32(entry, 8));
                    break;
                case ExifTag:
                    Enqueue(ReadUInt32(entry, 8));
                    kept.Add(entry);
                    break;
                default:
                    kept.Add(entry);
                    break;
            }
        }

        var next = bytes.AsSpan(2 + (count * EntryBytes), 4);
        Enqueue(ReadUInt32(next, 0));
        if (kept.Count < count)
        {
            // The directory becomes shorter; zeros follow it.
            var shorter = new byte[bytes.Length];
            WriteUInt16(shorter, (ushort)kept.Count);
            kept.SelectMany(entry => entry).ToArray().CopyTo(shorter, 2);
            next.CopyTo(shorter.AsSpan(2 + (kept.Count * EntryBytes)));
            Write(directory, shorter);
        }
    }

    private void OverwriteGps(uint directory)
    {
        if (ReadDirectory(directory) is not { } bytes)
        {
            return;
        }

        for (var i = 0; i < ReadUInt16(bytes, 0); i++)
        {
            var entry = bytes.AsSpan(2 + (i * EntryBytes), EntryBytes);
            var type = ReadUInt16(entry, 2);
            var size = (type < SizeOfTypes.Length ? SizeOfTypes[type] : 0L) * ReadUInt32(entry, 4);
            if (size is > 4 and <= MaxValueBytes)
            {
                Write(ReadUInt32(entry, 8), new byte[size]);
            }
        }

        Write(directory, new byte[bytes.Length]);
    }

    /// <summary>The count, the entries and the offset of the next directory; null if they are not within the file.</summary>
    private byte[]? ReadDirectory(uint offset)
    {
        var head = Read(offset, 2);
        var count = head.Length == 2 ? ReadUInt16(head, 0) : 0;
        var length = 2 + (count * EntryBytes) + 4;
        return count is > 0 and <= MaxEntries && Read(offset, length) is { } bytes && bytes.Length == length ? bytes : null;
    }

    private void Enqueue(uint directory)
    {
        if (directory >= 8 && _known.Count < MaxDirectories && _known.Add(directory))
        {
            _directories.Enqueue(directory);
        }
    }

    private byte[] Read(uint offset, int length)
    {
        var bytes = new byte[Math.Max(0, Math.Min(length, end - start - offset))];
        var read = RandomAccess.Read(file, bytes, start + offset);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    private void Write(uint offset, byte[] bytes)
    {
        if (offset >= 8 && start + offset + bytes.Length <= end)
        {
            RandomAccess.Write(file, bytes, start + offset);
        }
    }

    private ushort ReadUInt16(ReadOnlySpan<byte> bytes, int at) => bytes.Length < at + 2 ? (ushort)0
        : isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..])
        : BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private uint ReadUInt32(ReadOnlySpan<byte> bytes, int at) => bytes.Length < at + 4 ? 0
        : isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..])
        : BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    private void WriteUInt16(Span<byte> bytes, ushort value)
    {
        if (isLittleEndian)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        }
    }
}
