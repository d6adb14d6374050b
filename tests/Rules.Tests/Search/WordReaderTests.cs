using System.Text;
using GeminiChat.Silo.Store.Search;

namespace GeminiChat.Rules.Tests.Search;

public sealed class WordReaderTests
{
    [Theory]
    [InlineData("Hello, world!", "hello world")]
    [InlineData("don't foo_bar x-1 3.14 a@b.c", "don t foo bar x 1 3 14 a b c")]
    [InlineData("", "")]
    [InlineData(" \t\r\n -- !? ", "")]
    [InlineData("Grüße aus KÖLN, Straße", "grusse aus koln strasse")]
    [InlineData("Gru\u0308\u00DFe", "grusse")]
    [InlineData("café cafe\u0301 CAFÉ", "cafe cafe cafe")]
    [InlineData("Łódź Ærø İstanbul ısı", "lodz aero istanbul isi")]
    [InlineData("Việt Nam tiếng", "viet nam tieng")]
    [InlineData("ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ")]
    [InlineData("Ёлка й", "елка и")]
    [InlineData("ﬁnance ｆｕｌｌ ２０２６ ① ½ x²", "finance full 2026 1 1 2 x2")]
    [InlineData("𝐁𝐨𝐥𝐝", "bold")]
    [InlineData("مُحَمَّد أحمد إلى آخر", "محمد احمد الى اخر")]
    [InlineData("العـــربية ٣٤", "العربية 34")]
    [InlineData("שָׁלוֹם", "שלום")]
    [InlineData("می\u200Cخواهم soft\u00ADhyphen zero\u200Bwidth", "میخواهم softhyphen zero width")]
    [InlineData("हिन्दी में क्षत्रिय १२", "हिन्दी में क्षत्रिय 12")]
    [InlineData("தமிழ் বাংলা", "தமிழ் বাংলা")]
    [InlineData("👩\u200D👩\u200D👧 🇩🇪 ok 😀x", "ok x")]
    public void Words_are_folded_and_cut_at_what_is_no_letter(string text, string words) => Check(text, words);

    [Theory]
    [InlineData("東京都", "東京 京都 都")]
    [InlineData("都", "都")]
    [InlineData("我爱北京。天安门", "我爱 爱北 北京 京 天安 安门 门")]
    [InlineData("GPT模型2026年", "gpt 模型 型 2026 年")]
    [InlineData("カタカナ ｶﾞｷﾞ", "カタ タカ カナ ナ ガギ ギ")]
    [InlineData("か\u3099き は\u309A", "がき き ぱ")]
    [InlineData("ラーメン、うまい", "ラー ーメ メン ン うま まい い")]
    [InlineData("한국어 말", "한국 국어 어 말")]
    [InlineData("\u1112\u1161\u11AB\u1100\u116E\u11A8", "한국 국")]
    [InlineData("ไทย", "ไท ทย ย")]
    [InlineData("น้ำ", "น้ ้ํ ํา า")]
    [InlineData("ລາວ", "ລາ າວ ວ")]
    [InlineData("𠮷野家", "𠮷野 野家 家")]
    public void Scripts_without_spaces_become_pairs(string text, string words) => Check(text, words);

    [Theory]
    [InlineData("a\uD800b", "a b")]
    [InlineData("\uDC00", "")]
    [InlineData("東\uD83D京", "東 京")]
    [InlineData("a\0b\uFFFD\uFFFFc", "a b c")]
    public void A_lone_surrogate_or_a_control_character_is_a_separator(string text, string words) => Check(text, words);

    [Fact]
    public void A_long_word_is_cut()
    {
        var word = Assert.Single(WordReader.Read(new string('a', 10_000)));

        Assert.Equal(new string('a', WordReader.MaxLength), word.Text);
        Assert.Equal(10_000, word.End);
    }

    [Fact]
    public void Offsets_are_those_of_the_text()
    {
        const string Text = "¿Qué? 東京";

        Assert.Equal(["Qué", "東京", "京"], WordReader.Read(Text).Select(word => Text[word.Start..word.End]));
    }

    [Fact]
    public void Folding_what_is_folded_changes_nothing()
    {
        for (var value = 0; value < 0x32000; value++)
        {
            if (Rune.IsValid(value))
            {
                var folded = WordFolding.Find(new Rune(value)) ?? WordFolding.ToLower(new Rune(value)).ToString();
                Assert.All(folded.EnumerateRunes(), rune => Assert.Equal((null, rune), (WordFolding.Find(rune), WordFolding.ToLower(rune))));
            }
        }
    }

    private static void Check(string text, string words) =>
        Assert.Equal(words, string.Join(' ', WordReader.Read(text).Select(word => word.Text)));
}
