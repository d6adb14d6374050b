using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The first screen, the empty chat, shortcuts, addresses that lead nowhere, and the mirrored page.</summary>
[Collection(FrameCollection.Name)]
public sealed class FrameTests(BrowserFixture site)
{
    [Fact]
    public async Task The_first_screen_says_what_this_is()
    {
        await using var device = await site.NewDevice();
        var page = await device.Open();

        await Expect(page.Locator("#intro")).ToContainTextAsync("Ask anything. Keep every answer.");
        await Expect(page.Locator("#intro li")).ToHaveCountAsync(3);
        await Expect(page.GetByLabel("Mobile number")).ToBeInViewportAsync();
        await device.SignIn(page);
        await Expect(page.Locator("#intro")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task An_empty_chat_greets_and_offers_prompts_that_can_be_changed()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Expect(page.Locator("#greeting")).ToContainTextAsync("Good ");
        await Expect(page.Locator("#prompts button")).ToHaveCountAsync(4);

        await page.Button("Make a plan").ClickAsync();

        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("a garden");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Questions()).ToHaveTextAsync("Make a plan, step by step, for a garden");
        await Expect(page.Locator("#prompts")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task An_empty_chat_has_its_greeting_and_prompts_in_the_middle_of_a_large_screen()
    {
        const int Height = 800;
        await using var device = await site.NewDevice(options: new() { ViewportSize = new() { Width = 1280, Height = Height } });
        var page = await device.SignIn();

        var greeting = (await page.Locator("#welcome").BoundingBoxAsync())!;
        var prompt = (await page.Locator("#prompts li").Last.BoundingBoxAsync())!;

        var (above, below) = (greeting.Y, Height - prompt.Y - prompt.Height);
        Assert.InRange(above - below, -50, 50);
    }

    [Fact]
    public async Task Shortcuts_are_listed_and_work()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Send("What?");
        await Expect(page.Questions()).ToHaveTextAsync("What?");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");

        await page.Locator("#account").FocusAsync();
        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("#shortcuts")).ToBeVisibleAsync();
        await Expect(page.Locator("#shortcuts dl > div").Filter(new() { HasText = "New chat" }).Locator("kbd")).ToHaveCountAsync(3);
        await page.Locator("#shortcuts").Button("Close").ClickAsync();
        await Expect(page.Locator("#account")).ToBeFocusedAsync();
        await page.ChooseAccountMenuItem("Keyboard shortcuts");
        await Expect(page.Locator("#shortcuts")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Control+Shift+O");
        await Expect(page.Locator("#welcome")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.Locator("#results").GetByRole(AriaRole.Option)).ToContainTextAsync(["What"]);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Questions()).ToHaveTextAsync("What?");
    }

    [Theory]
    [InlineData("/#/0199c8d8-0000-7000-8000-000000000000")]
    [InlineData("/#/nonsense")]
    public async Task An_address_without_a_chat_says_so_and_offers_a_new_one(string address)
    {
        await using var device = await site.NewDevice();
        await device.SignIn();

        var page = await device.Open(address);

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "There is no such chat" })).ToBeVisibleAsync();
        await Expect(page.Locator("#composer")).ToBeHiddenAsync();
        await Expect(page.Locator("#title")).ToHaveTextAsync("Not found");
        await page.Locator("#not-found a").ClickAsync();
        await Expect(page.Locator("#welcome")).ToBeVisibleAsync();
        await Expect(page.Locator("#not-found")).ToBeHiddenAsync();
        await Expect(page.GetByLabel("Your message")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("/nowhere", "en-GB", "ltr", "There is nothing at this address.")]
    [InlineData("/nowhere", "hi-IN", "ltr", "इस पते पर कुछ नहीं है।")]
    [InlineData("/s/nothing", "en-GB", "ltr", "There is no shared conversation at this address, or it is not shared any more.")]
    [InlineData("/s/nothing", "ar", "rtl", "لا توجد محادثة مشتركة في هذا العنوان، أو لم تعد مشتركة.")]
    public async Task A_page_that_does_not_exist_says_so_and_leads_to_the_start(string path, string locale, string direction, string sentence)
    {
        await using var device = await site.NewDevice(options: new() { Locale = locale });
        var page = await device.Open("/icon.svg");

        var answer = await page.GotoAsync(path);

        Assert.Equal(404, answer!.Status);
        await Expect(page.GetByText(sentence)).ToBeVisibleAsync();
        await Expect(page.Locator("html")).ToHaveCSSAsync("direction", direction);
        await page.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.Locator("#sign-in")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task In_a_language_from_right_to_left_the_page_is_mirrored()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.AddInitScriptAsync("Object.defineProperty(navigator, 'languages', { get: () => ['ar-EG', 'en'] })");
        await page.ReloadAsync();

        await Expect(page.Locator("html")).ToHaveAttributeAsync("dir", "rtl");
        await Expect(page.Locator("#account")).ToBeVisibleAsync();
        var (drawer, chat) = (await page.Locator("#drawer").BoundingBoxAsync(), await page.Locator("#chat").BoundingBoxAsync());
        Assert.Equal(chat!.X + chat.Width, drawer!.X);
        await page.Locator("#account").ClickAsync();
        var menu = await page.Locator("#menu").BoundingBoxAsync();
        Assert.True(menu!.X + menu.Width <= chat.Width + drawer.Width);
        await page.Keyboard.PressAsync("Escape");
        await page.SetViewportSizeAsync(390, 844);
        await page.Locator("#open-drawer").ClickAsync();
        drawer = await page.Locator("#drawer").BoundingBoxAsync();
        Assert.Equal(390, drawer!.X + drawer.Width);
    }
}
