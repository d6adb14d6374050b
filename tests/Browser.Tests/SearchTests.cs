using GeminiChat.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

[Collection(FrameCollection.Name)]
public sealed class SearchTests(BrowserFixture site)
{
    [Fact]
    public async Task A_message_is_found_and_opened_by_keyboard_alone()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Words("The Loire is a river"), Script.Words("The Alps are high"));
        await page.Ask("a river in France");
        await page.Locator("#new-chat").ClickAsync();
        await page.Send("a mountain");
        await Expect(page.Answers().Content()).ToHaveTextAsync("The Alps are high");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");

        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.Query()).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("river");

        await Expect(page.Results()).ToHaveCountAsync(2);
        await Expect(page.Results().First.Locator("mark")).ToHaveTextAsync("river");
        await Expect(page.Results().First).ToContainTextAsync("a river in France · Answer");
        await Expect(page.Selected()).ToContainTextAsync("The Loire is a river");
        await Expect(page.Query()).ToHaveAttributeAsync("aria-activedescendant", "result-0");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Selected()).ToContainTextAsync("You");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Selected()).ToContainTextAsync("The Loire is a river");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#search")).ToBeHiddenAsync();
        await Expect(page.Locator("#title")).ToHaveTextAsync("a river in France");
        await Expect(page.Answers()).ToBeFocusedAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("The Loire is a river");
    }

    [Fact]
    public async Task Search_can_be_limited_to_the_open_chat_and_tells_when_nothing_is_found()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("apples");
        await page.Locator("#new-chat").ClickAsync();
        await page.Button("Search").ClickAsync();
        await Expect(page.GetByLabel("Only in this chat")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Button("Search")).ToBeFocusedAsync();
        await page.Ask("apples and pears");

        await page.Keyboard.PressAsync("Meta+k");
        await page.Query().FillAsync("apples");
        await Expect(page.Results()).ToHaveCountAsync(2);
        await page.GetByLabel("Only in this chat").CheckAsync();
        await Expect(page.Results()).ToHaveCountAsync(1);
        await Expect(page.Results()).ToContainTextAsync("apples and pears");
        await page.Query().FillAsync("\"pears apples\"");
        await Expect(page.Locator("#search-status")).ToHaveTextAsync("Nothing was found.");
        await Expect(page.Results()).ToHaveCountAsync(0);
        await page.Query().FillAsync("");
        await Expect(page.Locator("#search-status")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task A_message_of_another_branch_is_opened_with_its_branch()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("cherries");
        await page.Button("Edit").ClickAsync();
        await page.Field("Change this question").FillAsync("plums");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Questions()).ToHaveTextAsync("plums");

        await page.Button("Search").ClickAsync();
        await page.Query().FillAsync("cherr");
        await page.Results().ClickAsync();

        await Expect(page.Questions()).ToHaveTextAsync("cherries");
        await Expect(page.Locator(".message.user")).ToBeFocusedAsync();
        await Expect(page.Locator(".message.user")).ToContainTextAsync("1/2");
    }

    [Fact]
    public async Task More_results_are_added_and_a_refused_search_says_why()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("number 0");
        await page.PostInRoom(page.RoomId(), Enumerable.Range(1, 24).Select(number => $"number {number}"));
        await page.Button("Search").ClickAsync();
        await page.Query().FillAsync("number");
        await Expect(page.Results()).ToHaveCountAsync(20);
        await Expect(page.Locator("#search-status")).ToHaveTextAsync("20 or more found");

        await page.Button("More results").ClickAsync();

        await Expect(page.Results()).ToHaveCountAsync(25);
        await Expect(page.Button("More results")).ToBeHiddenAsync();
        await page.RouteAsync("**/search?*", route => route.FulfillAsync(
            new() { Status = 400, ContentType = "application/problem+json", Body = """{"type": "urn:geminichat:problem:search-words", "detail": "q has too many words."}""" }));
        await page.Query().FillAsync("number of");
        await Expect(page.Locator("#search-status")).ToHaveTextAsync("Type a few words with letters or digits.");
        await Expect(page.Results()).ToHaveCountAsync(0);
    }
}

file static class SearchPlaces
{
    public static ILocator Query(this IPage page) => page.GetByRole(AriaRole.Combobox, new() { Name = "Words to look for" });

    public static ILocator Results(this IPage page) => page.Locator("#results").GetByRole(AriaRole.Option);

    public static ILocator Selected(this IPage page) => page.Locator("#results").GetByRole(AriaRole.Option, new() { Selected = true });
}
