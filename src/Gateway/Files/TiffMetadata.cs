using System.Buffers.Binary;

namespace GeminiChat.Gateway.Files;

/// <summary>The directories of EXIF, in the form of TIFF 6.0. Offsets count from its first byte.</summary>
internal sealed class TiffMetadata(ImageFile file, long start, long end, bool isLittleEndian)
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
        var gps = 0u;
        for (var i = 0; i < count; i++)
        {
            var entry = bytes.AsSpan(2 + (i * EntryBytes), EntryBytes).ToArray();
            switch (ReadUInt16(entry, 0))
            {
                case GpsTag:
                    gps = ReadUInt32(entry, 8);
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

        // A directory has one at most.
        OverwriteGps(gps);
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
        var read = file.Read(bytes, start + offset);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    private void Write(uint offset, byte[] bytes)
    {
        if (offset >= 8 && start + offset + bytes.Length <= end)
        {
            file.Write(bytes, start + offset);
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
