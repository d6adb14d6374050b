using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The page in the languages that it knows.</summary>
[Collection(FrameCollection.Name)]
public sealed class LanguageTests(BrowserFixture site)
{
    /// <summary>Returns the English texts that are to be seen or read out, though the language has its own.</summary>
    private const string EnglishTexts = """
        async (language) => {
          const english = (await import("/words/en.js")).default;
          const own = (await import(`/words/${language}.js`)).default;
          const foreign = new Set(Object.keys(own).filter((key) => typeof english[key] === "string" && own[key] !== english[key]).map((key) => english[key]));
          for (const key of Object.keys(own)) foreign.delete(own[key]);
          const texts = [];
          for (const element of document.querySelectorAll("body *")) {
            if (!element.checkVisibility() || element.closest("#messages, #rooms")) continue;
            for (const node of element.childNodes) if (node.nodeType === 3) texts.push(node.data.trim());
            for (const name of ["aria-label", "title", "placeholder"]) texts.push(element.getAttribute(name)?.trim());
          }
          return texts.filter((text) => foreign.has(text));
        }
        """;

    [Theory]
    [InlineData("en-GB", "en", "ltr")]
    [InlineData("de-AT", "de", "ltr")]
    [InlineData("es-MX", "es", "ltr")]
    [InlineData("hi-IN", "hi", "ltr")]
    [InlineData("ar-EG", "ar", "rtl")]
    [InlineData("fi-FI", "en", "ltr")]
    public async Task The_page_speaks_the_language_of_the_browser_and_fits_the_screen(string locale, string language, string direction)
    {
        foreach (var width in new[] { 360, 1280 })
        {
            await using var device = await site.NewDevice(options: new() { Locale = locale, ViewportSize = new() { Width = width, Height = 720 } });
            var page = await device.Open();
            await Expect(page.Locator("#sign-in")).ToBeVisibleAsync();
            await Check(page, language, direction);
            page = await device.SignInByApi();
            await page.Locator("#text").FillAsync("a question");
            await page.Locator("#text").PressAsync("Enter");
            await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
            await Check(page, language, direction);
            if (width < 700)
            {
                await page.Locator("#open-drawer").ClickAsync();
                await Check(page, language, direction);
            }
        }
    }

    private static async Task Check(IPage page, string language, string direction)
    {
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("dir", direction);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "The page scrolls to the side.");
        if (language != "en")
        {
            Assert.Empty(await page.EvaluateAsync<string[]>(EnglishTexts, language));
        }
    }
}
