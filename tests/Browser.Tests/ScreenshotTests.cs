using GeminiChat.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>Takes the pictures of the documentation, one for each state of the page.</summary>
[Collection(FrameCollection.Name)]
public sealed class ScreenshotTests(BrowserFixture site)
{
    private const string Folder = "SCREENSHOTS";
    private const int MaxBytes = 100_000;

    private const string CodeAndMath = """
        Each chatroom is one **grain**: an object that lives where it is needed.

        ```csharp
        public interface IChatroomGrain : IGrainWithStringKey
        {
            // Stored before it answers, and never twice for one key.
            Task<PostOutcome> Post(NewMessage message);
        }
        ```

        The chance that two random keys are equal is about

        $$p \approx \frac{n^2}{2 \cdot 2^{128}}$$

        | What | Where |
        |---|---|
        | Messages | SQLite or PostgreSQL |
        | Live text | the grain's memory |
        """;

    private static readonly BrowserNewContextOptions Desktop = new() { ViewportSize = new() { Width = 960, Height = 640 } };
    private static readonly BrowserNewContextOptions Phone = new() { ViewportSize = new() { Width = 390, Height = 780 }, HasTouch = true, IsMobile = true };

    [Fact]
    public async Task The_pictures_can_be_taken()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Folder)), $"Takes the pictures when {Folder} names their folder.");
        await TakeFirstViews();
        await using var device = await site.NewDevice(options: Desktop);
        var page = await device.SignInByApi();
        await FillList(page);
        await TakeAnswers(page);
        await TakeTools(page);
    }

    [Theory]
    [InlineData("dark", "en", false)]
    [InlineData("arabic", "ar", false)]
    [InlineData("phone-drawer", "en", true)]
    public async Task The_pictures_of_other_devices_can_be_taken(string name, string locale, bool isPhone)
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Folder)), $"Takes the pictures when {Folder} names their folder.");
        await using var device = await site.NewDevice(options: new(isPhone ? Phone : Desktop)
        {
            Locale = locale,
            ColorScheme = name == "dark" ? ColorScheme.Dark : ColorScheme.Light,
        });
        var page = await device.SignInByApi();
        await FillList(page);
        await Ask(page, "Explain Orleans in a nutshell", Script.Chunks(CodeAndMath).Then(Script.Finish()));
        if (isPhone)
        {
            await page.Locator("#open-drawer").ClickAsync();
        }

        await Take(page, name);
    }

    private async Task TakeFirstViews()
    {
        await using var device = await site.NewDevice(options: Desktop);
        var page = await device.Open();
        await Expect(page.Locator("#sign-in")).ToBeVisibleAsync();
        await Take(page, "sign-in");
        page = await device.SignInByApi();
        await Expect(page.Locator("#welcome")).ToBeVisibleAsync();
        await Take(page, "first-screen");
    }

    private async Task TakeAnswers(IPage page)
    {
        await Ask(page, "Explain Orleans in a nutshell", Script.Chunks(CodeAndMath).Then(Script.Finish()));
        await Take(page, "answer");

        await Ask(page, "Which company makes Orleans?", Script.Grounded("Orleans comes from Microsoft Research.", new() { Supports = [("Microsoft Research", [0])] }));
        await Take(page, "sources");

        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(Script.Thought("The user asks for a comparison. I weigh the two by their guarantees.").Then(hold.Script));
        await page.Locator("#new-chat").ClickAsync();
        await page.Send("Compare actors and queues");
        await hold.SendText("Both keep work in order. An **actor** also owns the state that");
        await Expect(page.Answers().Content()).ToContainTextAsync("owns the state");
        await page.Answers().Thoughts().Locator("summary").ClickAsync();

        await Take(page, "streaming");
        await hold.Finish();
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
    }

    private static async Task TakeTools(IPage page)
    {
        await page.Locator("#new-chat").ClickAsync();
        await Expect(page.Locator("#welcome")).ToBeVisibleAsync();
        await Take(page, "empty-chat");
        await page.Locator("#chooser").SetInputFilesAsync(
        [
            new FilePayload { Name = "notes.txt", MimeType = "text/plain", Buffer = [65] },
            new FilePayload { Name = "logo.png", MimeType = "image/png", Buffer = await File.ReadAllBytesAsync(Path.Combine(Repository.Folder, "src/Gateway/wwwroot/icon-192.png")) },
        ]);
        await Expect(page.Uploads()).ToHaveCountAsync(2);
        await page.Locator("#text").FillAsync("What is on this picture?");
        await Take(page, "attachments");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("Orleans");
        await Expect(page.Locator("#results").GetByRole(AriaRole.Option).First).ToBeVisibleAsync();
        await Take(page, "search");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("#account").ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Settings", Exact = true }).ClickAsync();
        await Expect(page.Locator("dialog[open]")).ToBeVisibleAsync();
        await Take(page, "settings");
    }

    private async Task FillList(IPage page)
    {
        await Ask(page, "Name three rivers of France", Script.Words("The Loire, the Seine and the Rhône."));
        await Ask(page, "A haiku about queues", Script.Words("Messages in line, each one waiting for its turn. None of them is lost."));
        await Ask(page, "Dinner for four without a stove", Script.Words("A cold soup, a big salad, and bread."));
    }

    private async Task Ask(IPage page, string question, Script answer)
    {
        site.Gemini.EnqueueReplies(answer);
        var rooms = await page.Rooms().CountAsync();
        if (await page.Locator("#new-chat").IsVisibleAsync())
        {
            await page.Locator("#new-chat").ClickAsync();
        }
        else
        {
            await page.EvaluateAsync("location.hash = '#/'");
        }

        await Expect(page.Locator("#welcome")).ToBeVisibleAsync();
        await page.Locator("#text").FillAsync(question);
        await page.Locator("#text").PressAsync("Control+Enter");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Rooms()).ToHaveCountAsync(rooms + 1);
        await Expect(page.Rooms().First).ToContainTextAsync(question.TrimEnd('?'));
    }

    private static async Task Take(IPage page, string name)
    {
        var path = Path.Combine(Environment.GetEnvironmentVariable(Folder)!, $"{name}.png");
        await page.ScreenshotAsync(new() { Path = path, Animations = ScreenshotAnimations.Disabled });
        Assert.InRange(new FileInfo(path).Length, 1, MaxBytes);
    }
}
