using System.Text;
using FsCheck;
using FsCheck.Xunit;
using GeminiChat.Grains.Model;
using GeminiChat.Silo.Gemini;

namespace GeminiChat.Rules.Tests.Gemini;

public sealed class LineBufferTests
{
    private const int MaxLine = 4096;

    [Property]
    public bool Lines_do_not_depend_on_how_the_bytes_were_cut(NonNull<string>[] lines, PositiveInt[] sizes)
    {
        string[] clean = [.. lines.Select(line => line.Get.Replace('\r', ' ').Replace('\n', ' ').Replace('\uFEFF', ' ').ReplaceLineEndings(" "))];
        clean = [.. clean.Select(line => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line)))];
        var text = string.Concat(clean.Select((line, i) => line + new[] { "\r\n", "\n", "\r" }[i % 3]));
        return Read(text, [.. sizes.Select(size => size.Get)]).SequenceEqual([.. clean, ""]);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a\nb", "a", "b")]
    [InlineData("a\r\nb", "a", "b")]
    [InlineData("a\rb\r", "a", "b", "")]
    [InlineData("a\n\rb", "a", "", "b")]
    [InlineData("a\r\n\n", "a", "", "")]
    [InlineData("\r\n", "", "")]
    [InlineData("\uFEFFa\n\uFEFFb", "a", "\uFEFFb")]
    [InlineData("\uFEFF", "")]
    public void Any_line_end_ends_a_line_and_a_byte_order_mark_is_left_out_at_the_start(string text, params string[] lines)
    {
        Assert.Equal(lines, Read(text, []));
        Assert.Equal(lines, Read(text, [1]));
    }

    [Fact]
    public void Long_and_many_lines_are_read_in_any_pieces()
    {
        string[] lines = [.. Enumerable.Range(1, 300).Select(i => new string((char)('a' + (i % 26)), i * 13))];
        var text = string.Join("\r\n", lines);
        foreach (var size in new[] { 1, 7, 511, 512, 1024, 5000 })
        {
            Assert.Equal(lines, Read(text, [size]));
        }
    }

    [Fact]
    public void A_line_longer_than_the_limit_is_refused()
    {
        var refused = Assert.Throws<ModelException>(() => Read(new string('a', 16 * MaxLine), []));
        Assert.Equal(ModelFault.Protocol, refused.Fault);
    }

    [Fact]
    public void There_is_always_room_for_a_read()
    {
        using var buffer = new LineBuffer(MaxLine);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(buffer.GetMemory().Length >= 512);
            Encoding.UTF8.GetBytes(new string('a', 199) + "\n").CopyTo(buffer.GetMemory());
            buffer.Advance(200);
            if (i % 4 == 3)
            {
                for (var line = 0; line < 4; line++)
                {
                    Assert.True(buffer.TryRead(out var read));
                    Assert.Equal(199, read.Length);
                }

                Assert.False(buffer.TryRead(out _));
            }
        }
    }

    private static List<string> Read(string text, int[] sizes)
    {
        using var buffer = new LineBuffer(MaxLine);
        var lines = new List<string>();
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        for (var turn = 0; !rest.IsEmpty; turn++)
        {
            var room = buffer.GetMemory().Span;
            var count = Math.Min(Math.Min(room.Length, rest.Length), sizes is [] ? rest.Length : sizes[turn % sizes.Length]);
            rest[..count].CopyTo(room);
            rest = rest[count..];
            buffer.Advance(count);
            while (buffer.TryRead(out var line))
            {
                lines.Add(Encoding.UTF8.GetString(line));
            }
        }

        lines.Add(Encoding.UTF8.GetString(buffer.ReadRest()));
        return lines;
    }
}
