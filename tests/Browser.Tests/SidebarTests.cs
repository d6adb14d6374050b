using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The list of chats: groups, filter, the menu of a row, and a list of a thousand.</summary>
[Collection(FrameCollection.Name)]
public sealed class SidebarTests(BrowserFixture site)
{
    [Fact]
    public async Task Chats_are_grouped_by_the_day_of_their_last_use()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.ListRooms(("old", -72, false), ("of today", 0, false), ("of yesterday", -24, false), ("kept", -96, true));

        await Expect(page.Headings()).ToHaveTextAsync(["Pinned", "Today", "Yesterday", "Earlier"]);
        await Expect(page.RoomNames()).ToHaveTextAsync(["kept", "of today", "of yesterday", "old"]);

        // The day changes while the page is open.
        await page.EvaluateAsync("""
            () => {
              const Now = Date;
              const day = 24 * 60 * 60 * 1000;
              window.Date = class extends Now { constructor(...parts) { parts.length ? super(...parts) : super(Now.now() + day); } };
              document.dispatchEvent(new Event("visibilitychange"));
            }
            """);
        await Expect(page.Headings()).ToHaveTextAsync(["Pinned", "Yesterday", "Earlier"]);
        await Expect(page.RoomNames()).ToHaveTextAsync(["kept", "of today", "of yesterday", "old"]);
    }

    [Fact]
    public async Task Typing_filters_the_list_and_Enter_searches_in_all_messages()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.ListRooms(("Rivers of France", 0, false), ("Alps", -24, false), ("A river", -72, false));

        await page.Locator("#filter").PressSequentiallyAsync("RIV");

        await Expect(page.RoomNames().Filter(new() { Visible = true })).ToHaveTextAsync(["Rivers of France", "A river"]);
        await Expect(page.Headings()).ToHaveTextAsync(["Today", "Earlier"]);
        await Expect(page.Button("Search in all messages for “RIV”")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Rooms().First).ToBeFocusedAsync();
        await page.Locator("#filter").FillAsync("nothing like it");
        await Expect(page.Locator("#no-match")).ToHaveTextAsync("No chat has this name.");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#query")).ToBeFocusedAsync();
        await Expect(page.Locator("#query")).ToHaveValueAsync("nothing like it");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#search")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.RoomNames().Filter(new() { Visible = true })).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task The_menu_of_a_row_is_used_by_keyboard_alone()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        foreach (var question in new[] { "first", "second" })
        {
            await page.Locator("#new-chat").ClickAsync();
            await page.Ask(question);
        }

        await Expect(page.RoomNames()).ToHaveTextAsync(["second", "first"]);
        var opener = page.Button("Actions for first");
        await page.Rooms().Last.FocusAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(opener).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Enter");
        await Expect(page.MenuItem("Rename")).ToBeFocusedAsync();
        await Expect(opener).ToHaveAttributeAsync("aria-expanded", "true");
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(page.MenuItem("Delete")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Home");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.MenuItem("Pin")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#menu")).ToBeHiddenAsync();
        await Expect(opener).ToBeFocusedAsync();
        await Expect(opener).ToHaveAttributeAsync("aria-expanded", "false");

        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("p");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.RoomNames()).ToHaveTextAsync(["first", "second"]);
        await Expect(opener).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("another name");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.RoomNames()).ToHaveTextAsync(["another name", "second"]);

        // The open chat is another one.
        await Expect(page.Locator("#title")).ToHaveTextAsync("second");
    }

    [Fact]
    public async Task A_thousand_chats_are_listed_and_a_change_touches_one_row()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.ListRooms([.. Enumerable.Range(0, 1000).Select(number => ($"chat {number}", -24 - number, false))]);
        await Expect(page.Rooms()).ToHaveCountAsync(1000);
        await page.EvaluateAsync("""
            () => {
              window.changed = new Set();
              new MutationObserver((changes) => changes.forEach(({ target, addedNodes }) =>
                [target, ...addedNodes].forEach((node) => window.changed.add((node.closest ? node : node.parentElement)?.closest("#rooms li"))))).observe(
                document.querySelector("#rooms"), { subtree: true, childList: true, characterData: true, attributes: true });
            }
            """);

        await page.Ask("the newest chat");
        await Expect(page.RoomNames().First).ToHaveTextAsync("the newest chat");
        Assert.Equal(1, await page.EvaluateAsync<int>("[...window.changed].filter((row) => row).length"));
    }

    [Fact]
    public async Task The_focus_stays_in_its_row_when_an_earlier_chat_leaves_the_list()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();

        var focused = await page.EvaluateAsync<string>("""
            async () => {
              const { make, setChildren } = await import(document.querySelector("link[href$='/core/dom.js']").href);
              const rows = [1, 2, 3].map((number) => make("button", {}, `${number}`));
              const list = make("div", {}, ...rows);
              document.body.append(list);
              rows[2].focus();
              setChildren(list, rows.slice(1));
              return `${list.textContent}, ${document.activeElement.textContent}`;
            }
            """);

        Assert.Equal("23, 3", focused);
    }

    [Fact]
    public async Task The_sidebar_can_be_folded_away_and_stays_so()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();

        await page.Button("Close sidebar").ClickAsync();

        await Expect(page.Locator("#drawer")).ToBeHiddenAsync();
        await Expect(page.Button("Open sidebar")).ToBeFocusedAsync();
        await page.ReloadAsync();
        await Expect(page.Locator("#drawer")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Control+Shift+S");
        await Expect(page.Locator("#drawer")).ToBeVisibleAsync();
        await Expect(page.Button("Close sidebar")).ToBeFocusedAsync();
    }
}

internal static class SidebarPlaces
{
    public static ILocator Headings(this IPage page) => page.Locator("#rooms h2:visible");

    public static ILocator RoomNames(this IPage page) => page.Rooms().Locator("span");

    /// <summary>Has the server answer with this list: names, hours from noon of today, and whether the chat is pinned.</summary>
    public static async Task ListRooms(this IPage page, params (string Name, int Hours, bool IsPinned)[] rooms)
    {
        var noon = await page.EvaluateAsync<string>("new Date(new Date().setHours(12, 0, 0, 0)).toISOString()");
        var from = DateTimeOffset.Parse(noon, CultureInfo.InvariantCulture);
        var list = rooms.Select((room, index) => new
        {
            id = $"00000000-0000-4000-8000-{index:D12}",
            name = room.Name,
            created_at = from.AddDays(-30),
            updated_at = from.AddHours(room.Hours).ToString("O", CultureInfo.InvariantCulture),
            version = 1,
            pinned = room.IsPinned,
        });
        await page.RouteAsync("**/chatroom", route => route.Request.Method == "GET" ? route.FulfillAsync(new() { Json = list }) : route.ContinueAsync());
        await page.ReloadAsync();
        await Expect(page.Rooms()).ToHaveCountAsync(rooms.Length);
    }
}
