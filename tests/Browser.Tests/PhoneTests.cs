using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The frame of the page on a phone.</summary>
[Collection(FrameCollection.Name)]
public sealed class PhoneTests(BrowserFixture site)
{
    private static BrowserNewContextOptions Phone => new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true };

    [Fact]
    public async Task The_drawer_closes_on_a_tap_outside_on_Escape_and_on_the_chat_that_is_open()
    {
        await using var device = await site.NewDevice(options: Phone);
        var page = await SignIn(device);
        await page.GetByLabel("Your message").FillAsync("a question");
        await page.Button("Send").TapAsync();
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        var drawer = page.Locator("#drawer");
        await Expect(drawer).ToBeHiddenAsync();

        await page.Button("Open sidebar").TapAsync();
        await Expect(drawer).ToBeVisibleAsync();
        await page.Touchscreen.TapAsync(380, 400);
        await Expect(drawer).ToBeHiddenAsync();
        await Expect(page.Button("Open sidebar")).ToBeFocusedAsync();

        await page.Button("Open sidebar").TapAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(drawer).ToBeHiddenAsync();

        await page.Button("Open sidebar").TapAsync();
        await page.Rooms().TapAsync();
        await Expect(drawer).ToBeHiddenAsync();
        await Expect(page.Questions()).ToHaveTextAsync("a question");

        await page.Button("Open sidebar").TapAsync();
        await page.Locator("#new-chat").TapAsync();
        await Expect(drawer).ToBeHiddenAsync();
        await Expect(page.Locator("#welcome")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Focus_stays_in_the_open_drawer()
    {
        await using var device = await site.NewDevice(options: Phone);
        var page = await SignIn(device);
        await page.Button("Open sidebar").TapAsync();
        await Expect(page.Button("Close sidebar")).ToBeFocusedAsync();
        for (var steps = 0; steps < 12; steps++)
        {
            await page.Keyboard.PressAsync("Tab");
            Assert.True(await page.EvaluateAsync<bool>("document.activeElement === document.body || document.querySelector('#drawer').contains(document.activeElement)"));
        }

        // A menu opens inside of it, and what it opens covers the page.
        await page.Locator("#account").TapAsync();
        await page.MenuItem("Settings").TapAsync();
        await Expect(page.Locator("#settings")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#account")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Everything_that_is_pressed_is_large_enough_for_a_finger()
    {
        await using var device = await site.NewDevice(options: Phone);
        var page = await SignIn(device);
        await page.ListRooms(("a chat", 0, false));
        await AssertTargets(page, "#chat > header :is(button, a)");
        await page.Button("Open sidebar").TapAsync();
        await AssertTargets(page, "#drawer :is(button, a, summary, input)");
        await page.Button("Actions for a chat").TapAsync();
        await AssertTargets(page, "#menu [role=menuitem]");
    }

    [Fact]
    public async Task The_header_keeps_its_height_and_its_buttons_their_places()
    {
        await using var device = await site.NewDevice(options: Phone);
        var page = await SignIn(device);
        var before = await page.Locator("#temporary").BoundingBoxAsync();
        var height = (await page.Locator("#chat > header").BoundingBoxAsync())!.Height;

        await page.GetByLabel("Your message").FillAsync("a question with a name that is much too long for one line of this header");
        await page.Button("Send").TapAsync();

        await Expect(page.Locator("#title")).ToContainTextAsync("much too long");
        var after = await page.Locator("#room-menu").BoundingBoxAsync();
        Assert.Equal((before!.X, before.Y, before.Width), (after!.X, after.Y, after.Width));
        Assert.Equal(height, (await page.Locator("#chat > header").BoundingBoxAsync())!.Height);
    }

    private static async Task AssertTargets(IPage page, string selector)
    {
        var small = await page.EvaluateAsync<string[]>("""
            (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({ visibilityProperty: true }))
              .filter((e) => { const { width, height } = e.getBoundingClientRect(); return Math.min(width, height) < 44; })
              .map((e) => `${e.id || e.className || e.textContent}: ${e.getBoundingClientRect().width} by ${e.getBoundingClientRect().height}`)
            """, selector);
        Assert.Empty(small);
    }

    // On a touch screen the field for messages has no focus by itself.
    private static async Task<IPage> SignIn(Device device)
    {
        var page = await device.OpenCodeStep();
        await page.GetByRole(AriaRole.Button, new() { Name = "Use the code" }).ClickAsync();
        await Expect(page.Locator("#welcome")).ToBeVisibleAsync();
        return page;
    }
}
