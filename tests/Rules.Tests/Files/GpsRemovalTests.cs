using System.Buffers.Binary;
using System.Text;
using GeminiChat.Gateway.Files;

namespace GeminiChat.Rules.Tests.Files;

/// <summary>Images as byte sequences: only what the position removal looks at is like in real ones.</summary>
public sealed class GpsRemovalTests
{
    private const string Latitude = "48,8.1234N";

    private static readonly byte[] Picture = [.. Enumerable.Range(0, 70_000).Select(i => (byte)((i * 31) ^ (i >> 3)))];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_gps_directory_of_exif_is_overwritten_and_its_entry_removed(bool isLittleEndian)
    {
        var tiff = Tiff(isLittleEndian);
        byte[] image = [0xFF, 0xD8, 0xFF, 0xE1, 0x01, 0x00, .. "Exif\0\0"u8, .. tiff, .. Picture];

        var cleaned = Clean(image, MediaTypes.Jpeg);

        Assert.Equal(image.Length, cleaned.Length);
        var kept = cleaned.AsSpan(12, tiff.Length);
        Assert.Equal(-1, kept.IndexOf("SECRET-GPS-VALUE-24bytes"u8));
        Assert.Equal(1, UInt16(kept[8..], isLittleEndian));
        Assert.Equal(0x0112, UInt16(kept[10..], isLittleEndian));
        Assert.Equal(0, kept[22..26].ToArray().Sum(one => one));
        Assert.Equal(Picture, cleaned[^Picture.Length..]);
    }

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("image/webp")]
    [InlineData("image/heic")]
    public void Exif_is_found_wherever_the_format_keeps_it(string type)
    {
        // Across the border of two windows, and without the mark of JPEG.
        byte[] image = [.. Picture[..65_530], .. Tiff(isLittleEndian: true), .. Picture];
        Assert.Equal(-1, Clean(image, type).AsSpan().IndexOf("SECRET-GPS-VALUE-24bytes"u8));
    }

    [Theory]
    [InlineData("image/png", 10)]
    [InlineData("image/png", 16)]
    [InlineData("image/webp", 10)]
    [InlineData("image/webp", 16)]
    [InlineData("image/heic", 16)]
    public void Exif_is_found_wherever_its_first_directory_is(string type, int directory)
    {
        var tiff = Tiff(isLittleEndian: true, directory);
        byte[] image = type switch
        {
            MediaTypes.Png => [0x89, .. "PNG\r\n\u001A\n"u8, .. Chunk("eXIf", tiff), .. Chunk("IDAT", Picture)],
            MediaTypes.Webp => [.. "RIFF\0\0\0\0WEBPEXIF"u8, (byte)tiff.Length, 0, 0, 0, .. tiff, .. Picture],
            _ => [.. "\0\0\0\u0018ftypheic"u8, 0, 0, 0, 0, .. tiff, .. Picture],
        };

        Assert.Equal(-1, Clean(image, type).AsSpan().IndexOf("SECRET-GPS-VALUE-24bytes"u8));
    }

    [Fact]
    public void A_directory_that_names_the_whole_file_does_not_erase_it()
    {
        // 200 values of 60,000 bytes.
        const int Count = 200;
        const int Size = 60_000;
        var tiff = new byte[4000 + (Count * Size)];
        Array.Fill(tiff, (byte)1);
        Tiff(isLittleEndian: true).AsSpan(0, 38).CopyTo(tiff);
        BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(38), Count);
        for (var i = 0; i < Count; i++)
        {
            var entry = tiff.AsSpan(40 + (i * 12));
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], 1);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], Size);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], 4000u + (uint)(i * Size));
        }

        var erased = Clean(tiff, MediaTypes.Jpeg).AsSpan(4000).Count((byte)0);
        Assert.InRange(erased, Size, 1024 * 1024);
    }

    [Fact]
    public void Any_number_of_xmp_properties_does_not_lead_to_as_many_writes()
    {
        var image = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("<x:GPSa>y", 100_000)));
        Assert.InRange(Clean(image, MediaTypes.Jpeg).AsSpan().Count((byte)' '), 1000, 1024 * 1024 / 64);
    }

    [Fact]
    public void The_end_of_an_xmp_property_is_not_searched_for_in_the_whole_file()
    {
        var image = Encoding.ASCII.GetBytes($"<x exif:GPSa=\"{new string('y', 600)}\"/>");
        Assert.Equal(image, Clean(image, MediaTypes.Jpeg));
    }

    [Fact]
    public void The_removal_ends_with_the_upload() =>
        Assert.Throws<OperationCanceledException>(() => Clean(Picture, MediaTypes.Jpeg, new CancellationToken(canceled: true)));

    [Fact]
    public void The_gps_properties_of_xmp_become_blank()
    {
        const string Xmp =
            $"<rdf:Description exif:GPSLatitude=\"{Latitude}\" exif:Model='x'>\n <exif:GPSLongitude>{Latitude}</exif:GPSLongitude>\n <tiff:Make>y</tiff:Make>";
        byte[] image = [0xFF, 0xD8, 0xFF, .. Picture[..65_000], .. Encoding.UTF8.GetBytes(Xmp), .. Picture];

        var cleaned = Encoding.UTF8.GetString(Clean(image, MediaTypes.Jpeg).AsSpan(65_003, Xmp.Length));

        Assert.Equal(Xmp.Replace(Latitude, new string(' ', Latitude.Length), StringComparison.Ordinal), cleaned);
    }

    [Fact]
    public void A_png_keeps_valid_checksums()
    {
        byte[] xmp = [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. Encoding.UTF8.GetBytes($"<x exif:GPSLatitude=\"{Latitude}\"/>")];
        byte[] profile = [.. "Raw profile type exif\0"u8, .. "\nexif\n 10\n4d4d002a"u8];
        byte[] comment = [.. "Comment\0"u8, .. "a :GPSx=\"kept\""u8];
        byte[] image =
        [
            0x89, .. "PNG\r\n\u001A\n"u8, .. Chunk("eXIf", Tiff(isLittleEndian: false)), .. Chunk("iTXt", xmp), .. Chunk("zTXt", profile),
            .. Chunk("tEXt", comment), .. Chunk("IDAT", Picture), .. Chunk("IEND", []),
        ];

        var cleaned = Clean(image, MediaTypes.Png);

        Assert.Equal(image.Length, cleaned.Length);
        Assert.Equal(["eXIf", "iTXt", "tEXt", "tEXt", "IDAT", "IEND"], ReadChunks(cleaned).Select(chunk => chunk.Type));
        Assert.Equal(comment, ReadChunks(cleaned)[3].Data);
        Assert.Equal(Picture, ReadChunks(cleaned)[4].Data);
        Assert.Equal(-1, cleaned.AsSpan().IndexOf("SECRET-GPS-VALUE-24bytes"u8));
        Assert.Equal(-1, cleaned.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Latitude)));
        Assert.Equal(-1, cleaned.AsSpan().IndexOf("4d4d002a"u8));
    }

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("image/png")]
    [InlineData("image/webp")]
    public void A_picture_without_a_position_is_kept_byte_for_byte(string type)
    {
        byte[] image = [0x89, .. "PNG\r\n\u001A\n"u8, .. Chunk("IHDR", new byte[13]), .. Chunk("IDAT", Picture)];
        Assert.Equal(image, Clean(image, type));
    }

    [Fact]
    public void A_damaged_directory_does_no_harm()
    {
        var tiff = Tiff(isLittleEndian: true);
        for (var at = 4; at < tiff.Length; at++)
        {
            var damaged = (byte[])tiff.Clone();
            damaged[at] = 0xFF;
            byte[] image = [0xFF, 0xD8, 0xFF, .. "Exif\0\0"u8, .. damaged];
            Assert.Equal(image.Length, Clean(image, MediaTypes.Jpeg).Length);
            Assert.Equal(image.Length - 10, Clean(image[..^10], MediaTypes.Jpeg).Length);
        }
    }

    private static byte[] Clean(byte[] image, string type, CancellationToken cancellationToken = default)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, image);
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
            {
                GpsRemoval.Remove(new ImageFile(file, cancellationToken), type);
            }

            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A directory with the orientation and a GPS directory, which has one value outside of itself.</summary>
    private static byte[] Tiff(bool isLittleEndian, int directory = 8)
    {
        var tiff = new byte[72 + directory];
        (isLittleEndian ? "II*\0"u8 : "MM\0*"u8).CopyTo(tiff);
        Put32(4, (uint)directory);
        Put16(directory, 2);
        Entry(directory + 2, 0x0112, type: 3, count: 1, value: 0);
        Put16(directory + 10, 6);
        Entry(directory + 14, 0x8825, type: 4, count: 1, value: directory + 30);
        Put32(directory + 26, 0);
        Put16(directory + 30, 1);
        Entry(directory + 32, 2, type: 5, count: 3, value: directory + 48);
        "SECRET-GPS-VALUE-24bytes"u8.CopyTo(tiff.AsSpan(directory + 48));
        return tiff;

        void Entry(int at, ushort tag, ushort type, uint count, int value)
        {
            Put16(at, tag);
            Put16(at + 2, type);
            Put32(at + 4, count);
            Put32(at + 8, (uint)value);
        }

        void Put16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(
            tiff.AsSpan(at), isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        void Put32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(
            tiff.AsSpan(at), isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool isLittleEndian) => isLittleEndian
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes)
        : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static byte[] Chunk(string type, byte[] data)
    {
        var (length, checksum) = (new byte[4], new byte[4]);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32(body));
        return [.. length, .. body, .. checksum];
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }

    private static List<(string Type, byte[] Data)> ReadChunks(byte[] png)
    {
        var chunks = new List<(string, byte[])>();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var body = png.AsSpan(at + 4, length + 4);
            Assert.Equal(Crc32(body), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            chunks.Add((Encoding.ASCII.GetString(body[..4]), body[4..].ToArray()));
            at += length + 12;
        }

        return chunks;
    }
}
