using GeminiChat.Gateway.Web;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.Rules.Tests.Page;

public sealed class NotFoundWordsTests
{
    [Theory]
    [InlineData(null, "en")]
    [InlineData("", "en")]
    [InlineData("*", "en")]
    [InlineData("fi", "en")]
    [InlineData("de", "de")]
    [InlineData("ES-mx", "es")]
    [InlineData("hi-IN,en;q=0.9", "hi")]
    [InlineData("en;q=0.3, ar;q=0.7", "ar")]
    [InlineData("fi, sv;q=0.9, de-AT;q=0.2", "de")]
    [InlineData("de;q=0, es;q=0.1", "es")]
    [InlineData("dee, german", "en")]
    [InlineData("; not a language, =", "en")]
    public void The_page_is_in_the_preferred_language_of_those_it_knows(string? header, string language)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.AcceptLanguage = header;
        Assert.Equal(language, NotFoundWords.For(request).Language);
    }

    /// <summary>The languages of the page.</summary>
    public static TheoryData<string> Languages =>
        new(Directory.EnumerateFiles(Path.Combine(Repository.Folder, "src/Gateway/wwwroot/words"), "*.js").Select(static file => Path.GetFileNameWithoutExtension(file)!));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_language_has_words_of_its_own(string language)
    {
        var request = new DefaultHttpContext().Request;
        var english = NotFoundWords.For(request);
        request.Headers.AcceptLanguage = language;
        var words = NotFoundWords.For(request);
        Assert.Equal(language is "ar" ? "rtl" : "ltr", words.Direction);
        string[] texts = [words.Title, words.Nothing, words.NotShared, words.ToStart];
        Assert.All(texts, Assert.NotEmpty);
        Assert.Equal(language is "en", texts.Intersect([english.Title, english.Nothing, english.NotShared, english.ToStart], StringComparer.Ordinal).Any());
    }
}
