using GeminiChat.Fakes;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

[Collection(ChatCollection.Name)]
public sealed class UserJourneyTests(BrowserFixture site)
{
    private const string Markdown = "# Plan\n\nUse **this**:\n\n```csharp\nvar x = 1;\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |";

    [Fact]
    public async Task A_user_signs_in_chats_renames_exports_deletes_and_signs_out()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Chunks(Markdown).Then(Script.Finish()));

        await page.Send("A plan, please");

        await Expect(page.Questions()).ToHaveTextAsync("A plan, please");
        await Expect(page.Answers().Content().Locator("h3")).ToHaveTextAsync("Plan");
        await Expect(page.Answers().Content().Locator("strong")).ToHaveTextAsync("this");
        await Expect(page.Answers().Content().Locator("pre")).ToHaveTextAsync("var x = 1;\n");
        await Expect(page.Button("Copy code")).ToBeVisibleAsync();
        await Expect(page.Rooms().Locator("span")).ToHaveTextAsync("A plan, please");

        await page.ChooseRoomMenuItem("Rename");
        await page.Locator("#ask-value").FillAsync("My plan");
        await page.Locator("#ask-value").PressAsync("Enter");
        await Expect(page.Rooms().Locator("span")).ToHaveTextAsync("My plan");
        await Expect(page.Locator("#title")).ToHaveTextAsync("My plan");

        var download = await page.RunAndWaitForDownloadAsync(() => page.ChooseRoomMenuItem("Export as Markdown"));
        Assert.Equal("My plan.md", download.SuggestedFilename);
        Assert.Contains("var x = 1;", await File.ReadAllTextAsync(await download.PathAsync()), StringComparison.Ordinal);

        await page.ChooseRoomMenuItem("Delete");
        await page.Locator("#ask").Button("Delete").ClickAsync();
        await Expect(page.Rooms()).ToHaveCountAsync(0);
        await Expect(page.Answers()).ToHaveCountAsync(0);

        await page.ChooseAccountMenuItem("Sign out");
        await Expect(page.GetByLabel("Mobile number")).ToBeFocusedAsync();
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Mobile number")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Sign_in_and_send_by_keyboard_alone()
    {
        await using var device = await site.NewDevice();
        var page = await device.Open();

        await page.Keyboard.TypeAsync(Device.NewNumber());
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByLabel("The code sent to")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("one");
        await page.Keyboard.PressAsync("Shift+Enter");
        await page.Keyboard.TypeAsync("two");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Questions()).ToHaveTextAsync("one\ntwo");
        await Expect(page.Answers().Content()).ToHaveTextAsync("ok");
        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Text_of_messages_is_never_interpreted_as_html()
    {
        const string Hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&lt;";
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Chunks(Hostile + "\n\n[press me](javascript:alert(3)) ![x](http://192.0.2.1/x.png)").Then(Script.Finish()));

        await page.Send(Hostile);

        await Expect(page.Questions()).ToHaveTextAsync(Hostile);
        await Expect(page.Answers().Content().Locator("a")).ToHaveTextAsync("x");
        await Expect(page.Answers().Content()).ToContainTextAsync("<script>alert(2)</script>");
        await page.GetByText("press me").ClickAsync();
        await page.ChooseRoomMenuItem("Rename");
        await page.Locator("#ask-value").FillAsync(Hostile);
        await page.Locator("#ask").Button("Rename").ClickAsync();
        await Expect(page.Rooms().Locator("span")).ToHaveTextAsync(Hostile);
        await Expect(page.Locator("#title")).ToHaveTextAsync(Hostile);
        await page.ChooseRoomMenuItem("Delete");
        await Expect(page.Locator("#ask-text")).ToContainTextAsync(Hostile);
        Assert.Equal(0, await page.Locator("#messages img, #rooms img, #title img, #app script, #ask img").CountAsync());
    }
}
