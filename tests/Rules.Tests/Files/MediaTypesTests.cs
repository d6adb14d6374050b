using System.Text;
using GeminiChat.Gateway.Files;

namespace GeminiChat.Rules.Tests.Files;

public sealed class MediaTypesTests
{
    [Theory]
    [InlineData("image/png", "89504E470D0A1A0A0000000D49484452")]
    [InlineData("image/jpeg", "FFD8FFE000104A464946")]
    [InlineData("image/webp", "52494646100000005745425056503820")]
    [InlineData("image/heic", "00000018667479706865696300000000")]
    [InlineData("image/heif", "00000018667479706D69663100000000")]
    [InlineData("application/pdf", "255044462D312E37")]
    [InlineData("audio/wav", "52494646100000005741564520202020")]
    [InlineData("audio/aiff", "464F524D00000010414946462020")]
    [InlineData("audio/flac", "664C614300000022")]
    [InlineData("audio/mpeg", "494433040000")]
    [InlineData("audio/mpeg", "FFFB9064")]
    [InlineData("audio/aac", "FFF15080")]
    [InlineData("video/mp4", "00000018667479706D70343200000000")]
    [InlineData("video/quicktime", "00000014667479707174202000000000")]
    [InlineData("video/3gpp", "00000014667479703367703500000000")]
    [InlineData("video/mpeg", "000001BA4400")]
    [InlineData("video/x-flv", "464C56010500")]
    [InlineData("video/x-msvideo", "5249464610000000415649204C495354")]
    [InlineData("video/x-ms-wmv", "3026B2758E66CF11A6D900AA0062CE6C00")]
    [InlineData("video/webm", "1A45DFA39F4286810142F7810142F2810442F381084282847765626D")]
    [InlineData(null, "504B030414000000")]
    [InlineData(null, "1F8B0800")]
    [InlineData(null, "474946383961")]
    [InlineData(null, "1A45DFA39F42868101428288" + "6D6174726F736B61")]
    [InlineData(null, "0000001866747970617669660000")]
    [InlineData(null, "4D5A9000")]
    [InlineData(null, "7F454C46")]
    [InlineData(null, "FFFF")]
    [InlineData(null, "")]
    public void The_first_bytes_decide(string? type, string hex) => Assert.Equal(type, MediaTypes.Detect(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("OpusHead", "audio/ogg")]
    [InlineData("\u0001vorbis", "audio/ogg")]
    [InlineData("\u0080theora", null)]
    public void An_ogg_file_is_judged_by_its_codec(string codec, string? type) =>
        Assert.Equal(type, MediaTypes.Detect([.. "OggS"u8, .. new byte[24], .. Encoding.Latin1.GetBytes(codec)]));

    [Theory]
    [InlineData("plain text\r\n\twith \u00E9 and \U0001F600", true)]
    [InlineData("<svg onload='alert(1)'/>", true)]
    [InlineData("a\0b", false)]
    [InlineData("a\u0001b", false)]
    public void Text_has_no_control_characters(string text, bool isText)
    {
        // In pieces of every length, which also cut characters.
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            var detector = new TextDetector();
            foreach (var part in bytes.Chunk(piece))
            {
                detector.Read(part);
            }

            detector.End();
            Assert.Equal(isText, detector.IsText);
        }
    }

    [Theory]
    [InlineData("C3")]
    [InlineData("FFFE4100")]
    [InlineData("41C028")]
    public void Text_is_valid_utf8(string hex)
    {
        var detector = new TextDetector();
        detector.Read(Convert.FromHexString(hex));
        detector.End();
        Assert.False(detector.IsText);
    }

    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData(@"C:\Users\ada\notes.txt", "notes.txt")]
    [InlineData("a\r\nSet-Cookie: b=c.txt", "aSet-Cookie: b=c.txt")]
    [InlineData("gpj.\u202Eexe", "gpj.exe")]
    [InlineData("  \u00FCber.txt ", "\u00FCber.txt")]
    [InlineData("..", "file")]
    [InlineData("folder/", "file")]
    [InlineData("\u200B", "file")]
    [InlineData(null, "file")]
    public void A_name_has_no_path_and_no_control_characters(string? sent, string name) => Assert.Equal(name, FileName.Normalize(sent));

    [Fact]
    public void A_name_has_at_most_255_code_units()
    {
        Assert.NotNull(FileName.Normalize(new string('a', 255)));
        Assert.Null(FileName.Normalize(new string('a', 300)));
    }
}
