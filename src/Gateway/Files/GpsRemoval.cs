using System.Buffers;
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
    public static void Remove(ImageFile file, string mediaType)
    {
        switch (mediaType)
        {
            case MediaTypes.Png:
                PngMetadata.RemoveGps(file);
                break;
            case MediaTypes.Jpeg or MediaTypes.Webp or MediaTypes.Heic or MediaTypes.Heif:
                Remove(file, 0, file.Length);
                break;
        }
    }

    /// <summary>Removes the GPS location from a part of a file.</summary>
    public static void Remove(ImageFile file, long start, long end)
    {
        var window = new byte[Math.Min(WindowBytes + OverlapBytes, end - start)];
        var structures = 0;
        for (var at = start; at < end; at += WindowBytes)
        {
            var length = file.Read(window.AsSpan(0, (int)Math.Min(window.Length, end - at)), at);
            structures = RemoveExif(file, window.AsSpan(0, length), at, end, structures);
            RemoveXmp(file, window.AsSpan(0, length), at);
        }
    }

    private static int RemoveExif(ImageFile file, ReadOnlySpan<byte> window, long at, long end, int structures)
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

    // Four bytes alone can also be a part of the picture. Before them are: the mark of EXIF, or its place in HEIF (the offset 0), the type
    // of the PNG chunk, or the type and the length of the WebP chunk. After them, the first directory mostly follows at once.
    private static bool IsTiff(ReadOnlySpan<byte> window, int found, bool isLittleEndian)
    {
        var before = window[..found];
        return before.EndsWith("Exif\0\0"u8) || before.EndsWith("\0\0\0\0"u8) || before.EndsWith("eXIf"u8)
            || (found >= 8 && before[^8..].StartsWith("EXIF"u8))
            || window[(found + 4)..].StartsWith(isLittleEndian ? "\u0008\0\0\0"u8 : "\0\0\0\u0008"u8);
    }

    // As an attribute exif:GPSLatitude="48,8.5N", or as an element <exif:GPSLatitude>48,8.5N</exif:GPSLatitude>.
    private static void RemoveXmp(ImageFile file, ReadOnlySpan<byte> window, long at)
    {
        var mark = ":GPS"u8;
        for (var found = IndexOf(window, mark, 0); found >= 0; found = IndexOf(window, mark, found + 1))
        {
            // No search is longer than the overlap, so the time is linear in the length of the file.
            var rest = window[(found + mark.Length)..];
            rest = rest[..Math.Min(rest.Length, OverlapBytes)];
            var name = rest.IndexOfAnyExcept(AsciiLetters);
            if (name < 1 || IsInClosingTag(window[Math.Max(0, found - OverlapBytes)..found]))
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
                file.Write(blank, at + found + mark.Length + name + begin);
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

/// <summary>
/// An image that is changed in place. The amount of all writes is bounded: a location takes some hundred bytes, but a file can be made
/// to name millions of them. Reading and writing end with the upload's time.
/// </summary>
internal sealed class ImageFile(SafeFileHandle handle, CancellationToken cancellationToken)
{
    private const int MaxWrittenBytes = 1024 * 1024;

    // So that the number of writes is bounded, too.
    private const int MinBytesPerWrite = 64;

    private int _written;

    public SafeFileHandle Handle => handle;

    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> bytes, long at)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return RandomAccess.Read(handle, bytes, at);
    }

    /// <summary>Writes the bytes, unless too much has been written.</summary>
    public void Write(ReadOnlySpan<byte> bytes, long at)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _written += Math.Max(bytes.Length, MinBytesPerWrite);
        if (_written <= MaxWrittenBytes)
        {
            RandomAccess.Write(handle, bytes, at);
        }
    }
}
