using System.Text;
using FsCheck;
using FsCheck.Xunit;
using GeminiChat.Grains.Model;
using GeminiChat.Silo.Gemini;

namespace GeminiChat.Rules.Tests.Gemini;

public sealed class ServerSentEventParserTests
{
    private const string Rich =
        "\uFEFF: hello\r\n\r\ndata: {\"a\":\"é😀\"}\r\n\r\ndata:{\"b\":\ndata:1}\n\nevent: x\rid: 1\rdata: {}\r\rdata:\n\n"
        + "x-new: 1\n\n{\n  \"error\": {\n    \"code\": 503\n  }\n}\ndata: {\"last\":\"שלום\"}\r\n\r\ndata: {\"half";

    private static readonly string[] RichEvents =
    [
        "{\"a\":\"é😀\"}", "{\"b\":\n1}", "{}", "{  \"error\": {    \"code\": 503  }}", "{\"last\":\"שלום\"}",
    ];

    [Property]
    public bool Any_split_of_the_bytes_parses_identically(PositiveInt[] sizes) =>
        RichEvents.SequenceEqual(Parse(Rich, [.. sizes.Select(size => size.Get)]));

    [Property]
    public bool Any_text_survives_any_split(NonNull<string> text, PositiveInt[] sizes)
    {
        var json = System.Text.Json.JsonSerializer.Serialize(text.Get);
        return Parse($"data: {json}\r\n\r\n", [.. sizes.Select(size => size.Get)]) is [var only] && only == json;
    }

    [Theory]
    [InlineData("data: 1\n\n", "1")]
    [InlineData("data:1\r\r", "1")]
    [InlineData("data:  1\r\n\r\n", " 1")]
    [InlineData("data: 1\ndata: 2\n\n", "1\n2")]
    [InlineData("data: 1\n", null)]
    [InlineData("data: 1", null)]
    [InlineData("data\n\n", null)]
    [InlineData("database: 1\n\n", null)]
    [InlineData(": data: 1\n\n", null)]
    [InlineData("<html>\n\n", null)]
    [InlineData("{\"error\":\n{}}", "{\"error\":{}}")]
    [InlineData("{\"error\":\n{", null)]
    [InlineData("{\"a\":1}", "{\"a\":1}")]
    [InlineData("\uFEFF{\"a\":1}", "{\"a\":1}")]
    [InlineData("[{\"a\":1}]\r", "[{\"a\":1}]")]
    [InlineData("{}}", "{}}")]
    [InlineData("data: {\"cut\n{\"error\":{}}\n", "{\"error\":{}}")]
    public void Lines_are_read_as_they_are_meant(string stream, string? data) =>
        Assert.Equal(data is null ? [] : [data], Parse(stream, []));

    [Theory]
    [InlineData("data: {0}")]
    [InlineData("data: {0}\n")]
    [InlineData("{0}\n")]
    [InlineData("{{\n{0}\n")]
    public void What_is_too_long_is_refused(string stream)
    {
        var endless = string.Format(stream, new string('[', 2 * ServerSentEventParser.MaxEventBytes));

        var refused = Assert.Throws<ModelException>(() => Parse(endless, []));

        Assert.Equal(ModelFault.Protocol, refused.Fault);
    }

    [Fact]
    public void Data_over_many_lines_is_bounded_too()
    {
        var lines = string.Concat(Enumerable.Repeat($"data: {new string('1', 1000)}\n", 1100));

        Assert.Throws<ModelException>(() => Parse(lines, []));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("data: 1\n\n", false)]
    [InlineData("data: 1\n", true)]
    [InlineData("data: 1", true)]
    [InlineData("data: 1\n\ndat", false)]
    [InlineData(": comment", false)]
    [InlineData("{}", false)]
    [InlineData("{}\n", false)]
    [InlineData("{\"a\":", true)]
    [InlineData("{\n", true)]
    public void A_stream_that_ends_within_an_event_is_truncated(string stream, bool expected)
    {
        using var parser = new ServerSentEventParser();
        Encoding.UTF8.GetBytes(stream).CopyTo(parser.GetMemory());
        parser.Advance(stream.Length);
        while (parser.TryRead() || parser.TryReadLast())
        {
            Assert.False(parser.Current.IsEmpty);
        }

        Assert.Equal(expected, parser.IsTruncated);
    }

    [Fact]
    public void Bare_JSON_may_have_64_kilobytes()
    {
        var json = $"{{\"a\":\"{new string('a', (64 * 1024) - 8)}\"}}";
        Assert.Equal(64 * 1024, json.Length);
        Assert.Equal([json], Parse(json + "\n", []));
        Assert.Throws<ModelException>(() => Parse(json.Replace("\"a\"", "\"ab\"", StringComparison.Ordinal) + "\n", []));
    }

    [Fact]
    public void An_event_may_have_a_megabyte()
    {
        var line = $"data: {new string('1', (1024 * 512) - 1)}\n";
        var json = Assert.Single(Parse(line + line + "\n", []));
        Assert.Equal((1024 * 1024) - 1, json.Length);
        Assert.Throws<ModelException>(() => Parse(line + line + "data: 1\n\n", []));
    }

    private static List<string> Parse(string stream, int[] sizes)
    {
        using var parser = new ServerSentEventParser();
        var events = new List<string>();
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(stream);
        for (var turn = 0; !rest.IsEmpty; turn++)
        {
            var room = parser.GetMemory().Span;
            var count = Math.Min(Math.Min(room.Length, rest.Length), sizes is [] ? rest.Length : sizes[turn % sizes.Length]);
            rest[..count].CopyTo(room);
            rest = rest[count..];
            parser.Advance(count);
            while (parser.TryRead())
            {
                events.Add(Encoding.UTF8.GetString(parser.Current));
            }
        }

        // The end of a stream is met again by each further read.
        while (parser.TryRead() || parser.TryReadLast())
        {
            events.Add(Encoding.UTF8.GetString(parser.Current));
        }

        return events;
    }
}
