using GeminiChat.GrainInterfaces;

namespace GeminiChat.Rules.Tests.Text;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" \u00A0\u3000")]
    [InlineData("\n\t\u0001\u0085")]
    [InlineData("\u2028\u2029")]
    [InlineData("\u200B\u202E\u2060\uFEFF\u00AD")]
    [InlineData("\u2065")]
    [InlineData("\U00016FE4")]
    [InlineData("\U0001D159")]
    [InlineData("\U000E0000\U000E01F0\U000E0FFF")]
    [InlineData("\uFFFE\uFFFF\U0001FFFE\U0001FFFF\U0010FFFF")]
    [InlineData("\u034F\u115F\u1160\u17B4\u17B5\u180B\u180C\u180D\u180F\u2800\u3164\uFFA0")]
    [InlineData("\uFE00\uFE07\uFE0F")]
    public void Blank_characters_are_not_visible(string text) => Assert.False(VisibleText.HasVisibleCharacter(text));

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("\u0301")]
    [InlineData("\U0001F600")]
    [InlineData("\U000DFFFD")]
    [InlineData("\U000E1000")]
    [InlineData("\U0001FFFD")]
    [InlineData("\uFFFD")]
    [InlineData("  \u200Bx")]
    public void Any_other_character_is_visible(string text) => Assert.True(VisibleText.HasVisibleCharacter(text));

    [Theory]
    [InlineData("a\u061Cb\u200Ec\u200Fd", "abcd")]
    [InlineData("a\u202Ab\u202Bc\u202Cd\u202De\u202Ef", "abcdef")]
    [InlineData("\u2066a\u2067b\u2068c\u2069", "abc")]
    [InlineData("\u200Ba\u2065b\u206A", "\u200Ba\u2065b\u206A")]
    public void Direction_control_characters_are_removed(string text, string expected) =>
        Assert.Equal(expected, VisibleText.WithoutBidi(text));

    [Fact]
    public void A_text_without_direction_control_characters_stays_the_same()
    {
        const string Text = "plain \u05D0";
        Assert.Same(Text, VisibleText.WithoutBidi(Text));
        Assert.Null(VisibleText.WithoutBidi(null));
    }
}
