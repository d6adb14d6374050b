using GeminiChat.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>Pinned, archived, temporary and shared rooms.</summary>
[Collection(FrameCollection.Name)]
public sealed class RoomListTests(BrowserFixture site)
{
    [Fact]
    public async Task Pinned_chats_come_first_on_every_device()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        await one.Ask("older");
        await one.Locator("#new-chat").ClickAsync();
        await one.Ask("newer");
        await Expect(one.Names()).ToHaveTextAsync(["newer", "older"]);
        var two = await device.Open();
        await Expect(two.Names()).ToHaveTextAsync(["newer", "older"]);

        await one.Rooms().Last.ClickAsync();
        await one.ChooseRoomMenuItem("Pin");

        await Expect(one.Names()).ToHaveTextAsync(["older", "newer"]);
        await Expect(two.Names()).ToHaveTextAsync(["older", "newer"]);
        await Expect(two.Locator("#rooms h2:visible")).ToHaveTextAsync(["Pinned", "Today"]);
        await two.ReloadAsync();
        await Expect(two.Names()).ToHaveTextAsync(["older", "newer"]);
        await one.ChooseRoomMenuItem("Unpin");
        await Expect(two.Names()).ToHaveTextAsync(["newer", "older"]);
    }

    [Fact]
    public async Task Archived_chats_leave_the_list_and_can_be_opened_and_taken_back()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        await one.Ask("a question");
        await Expect(one.Names()).ToHaveTextAsync("a question");
        var two = await device.Open();
        await Expect(two.Rooms()).ToHaveCountAsync(1);

        await one.ChooseRoomMenuItem("Archive");

        await Expect(one.Rooms()).ToHaveCountAsync(0);
        await Expect(two.Rooms()).ToHaveCountAsync(0);
        await Expect(one.Locator("#title")).ToHaveTextAsync("a question");
        await one.ReloadAsync();
        await Expect(one.Locator("#title")).ToHaveTextAsync("a question");
        await two.ReloadAsync();
        await two.Locator("#archive summary").PressAsync("Enter");
        await two.Locator("#archived a").ClickAsync();
        await Expect(two.Questions()).ToHaveTextAsync("a question");
        await two.ChooseRoomMenuItem("Unarchive");
        await Expect(two.Locator("#archived a")).ToHaveCountAsync(0);
        await Expect(two.Rooms()).ToHaveCountAsync(1);
        await Expect(one.Rooms()).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_temporary_chat_is_in_no_list_and_says_so()
    {
        const string Hint = "This chat is temporary: it is in no list, and it is deleted a day after its last use.";
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var note = page.Locator("#temporary-note");
        await Expect(note).ToBeHiddenAsync();
        await page.Button("Temporary chat").PressAsync("Enter");
        await Expect(page.Button("Temporary chat")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(note).ToHaveTextAsync(Hint);

        await page.Ask("a secret");

        await Expect(note).ToBeVisibleAsync();
        await Expect(page.Locator("#title")).ToHaveTextAsync("Temporary chat");
        await Expect(page.Button("Temporary chat")).ToBeHiddenAsync();
        await page.ReloadAsync();
        await Expect(page.Questions()).ToHaveTextAsync("a secret");
        await Expect(note).ToBeVisibleAsync();
        await Expect(page.Rooms()).ToHaveCountAsync(0);
        await page.Locator("#room-menu").ClickAsync();
        await Expect(page.MenuItem("Delete")).ToBeVisibleAsync();
        await Expect(page.MenuItem("Pin")).ToHaveCountAsync(0);
        await page.MenuItem("Delete").ClickAsync();
        await page.Locator("#ask").Button("Delete").ClickAsync();
        await Expect(page.Locator("#welcome")).ToBeVisibleAsync();
        await Expect(note).ToBeHiddenAsync();

        // The next chat is an ordinary one again.
        await page.Ask("no secret");
        await Expect(page.Rooms()).ToHaveCountAsync(1);
        await Expect(note).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_draft_of_a_temporary_chat_stays_one_after_a_reload_and_is_not_stored_in_the_chat()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var message = page.GetByLabel("Your message");
        await page.Button("Temporary chat").ClickAsync();
        await message.FillAsync("a secret");

        await page.ReloadAsync();
        await Expect(message).ToHaveValueAsync("a secret");
        await Expect(page.Button("Temporary chat")).ToHaveAttributeAsync("aria-pressed", "true");

        await page.Ask("a secret");
        await message.FillAsync("another secret");
        await page.Locator("#new-chat").ClickAsync();
        await Expect(message).ToHaveValueAsync("");
        await Expect(page.Button("Temporary chat")).ToHaveAttributeAsync("aria-pressed", "false");
        var stored = await page.EvaluateAsync<string>("localStorage['geminichat.drafts'] ?? ''");
        Assert.DoesNotContain("secret", stored, StringComparison.Ordinal);
        await page.GoBackAsync();
        await Expect(message).ToHaveValueAsync("another secret");
    }

    [Fact]
    public async Task A_chat_is_shared_by_a_link_until_the_link_is_ended()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Words("a shared answer"));
        await page.Ask("a question");

        await page.ChooseRoomMenuItem("Share");
        await Expect(page.GetByText("There are none.")).ToBeVisibleAsync();
        await page.GetByLabel("The link works").SelectOptionAsync("for a week");
        await page.Button("Create a link").ClickAsync();
        await Expect(page.Field("The new link")).ToBeVisibleAsync();
        await page.Locator("#made-share").Button("Copy").ClickAsync();
        await Expect(page.Locator("#share-note")).ToContainTextAsync("Copied.");
        var url = await page.Clipboard();
        Assert.Equal(await page.Field("The new link").InputValueAsync(), url);
        await Expect(page.Locator("#share-list li")).ToHaveCountAsync(1);
        await Expect(page.Locator("#share-list li")).ToContainTextAsync("expires");

        // Somebody who is not signed in.
        await using var other = await site.NewDevice();
        var reader = await other.Open(new Uri(url).AbsolutePath);
        await Expect(reader.GetByText("a shared answer")).ToBeVisibleAsync();

        await page.Locator("#share-list").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#share-list li")).ToHaveCountAsync(0);
        await Expect(page.Field("The new link")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#shares")).ToBeHiddenAsync();
        Assert.Equal(404, (await reader.ReloadAsync())!.Status);
    }
}

file static class RoomListPlaces
{
    public static ILocator Names(this IPage page) => page.Rooms().Locator("span");
}
