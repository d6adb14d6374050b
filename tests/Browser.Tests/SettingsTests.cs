using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The settings of the account.</summary>
[Collection(FrameCollection.Name)]
public sealed class SettingsTests(BrowserFixture site)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task The_colours_are_chosen_and_remembered_without_a_flash()
    {
        await using var device = await site.NewDevice(options: new() { ColorScheme = ColorScheme.Light });
        var page = await device.SignIn();
        var light = await Background(page);
        await page.ChooseAccountMenuItem("Settings");

        await page.GetByRole(AriaRole.Radio, new() { Name = "Dark" }).CheckAsync(new() { Force = true });

        Assert.NotEqual(light, await Background(page));
        var dark = await Background(page);
        await page.ReloadAsync();
        await Expect(page.Locator("#account")).ToBeVisibleAsync();
        Assert.Equal(dark, await Background(page));

        // The choice is made before the style sheets, which hold back what is drawn.
        Assert.True(await page.EvaluateAsync<bool>("""
            () => {
              const [script, sheet] = ["script:not([type])", "link[rel=stylesheet]"].map((s) => document.querySelector(s));
              return Boolean(script.compareDocumentPosition(sheet) & Node.DOCUMENT_POSITION_FOLLOWING);
            }
            """));
        await page.ChooseAccountMenuItem("Settings");
        await Expect(page.GetByRole(AriaRole.Radio, new() { Name = "Dark" })).ToBeCheckedAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "System" }).CheckAsync(new() { Force = true });
        Assert.Equal(light, await Background(page));
    }

    [Fact]
    public async Task A_password_is_set_by_a_code_and_changed_by_the_old_one()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.ChooseAccountMenuItem("Settings");
        await page.Locator("#password-part summary").ClickAsync();
        await page.Button("No password yet, or forgotten?").ClickAsync();
        await Expect(page.Locator("#password-code")).Not.ToBeEmptyAsync();
        await page.Field("New password").FillAsync("password");
        await page.Button("Set password").ClickAsync();
        await Expect(page.Note()).ToHaveTextAsync("This password is one of the most common ones. Choose another.");

        await page.Field("New password").FillAsync(Password);
        await page.Button("Set password").ClickAsync();

        await Expect(page.Note()).ToHaveTextAsync("Your new password is set.");
        await page.Locator("#password-part summary").ClickAsync();
        await page.Field("Current password").FillAsync("not this one");
        await page.Field("New password").FillAsync(Password + " staple");
        await page.Button("Set password").ClickAsync();
        await Expect(page.Note()).ToHaveTextAsync("Wrong password.");
        await page.Field("Current password").FillAsync(Password);
        await page.Button("Set password").ClickAsync();
        await Expect(page.Note()).ToHaveTextAsync("Your new password is set.");

        // The session goes on.
        await page.ReloadAsync();
        await page.Send("still here");
        await Expect(page.Answers().Content()).ToHaveTextAsync("ok");
    }

    [Fact]
    public async Task While_a_new_password_ends_the_session_other_requests_wait_for_the_next_one()
    {
        const string AskForUser = """
            () => {
              const page = document.querySelector("script[type=module]").src;
              import(page.replace("main.js", "core/api.js")).then(({ get }) => get("/user/me"));
            }
            """;
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.ChooseAccountMenuItem("Settings");
        await page.Locator("#password-part summary").ClickAsync();
        await page.Button("No password yet, or forgotten?").ClickAsync();
        await Expect(page.Locator("#password-code")).Not.ToBeEmptyAsync();
        await page.Field("New password").FillAsync(Password);

        // The reset has ended the session, and the sign-in has not come yet.
        await page.RouteAsync("**/auth/login", async route =>
        {
            await page.RunAndWaitForResponseAsync(() => page.EvaluateAsync(AskForUser), "**/user/me");
            await route.ContinueAsync();
        });
        await page.Button("Set password").ClickAsync();

        await Expect(page.Note()).ToHaveTextAsync("Your new password is set.");
        await Expect(page.Note()).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Other_sessions_are_listed_and_ended()
    {
        var number = Device.NewNumber();
        await using var one = await site.NewDevice();
        await using var two = await site.NewDevice();
        var other = await one.SignIn(number);
        var page = await two.SignIn(number);
        await page.ChooseAccountMenuItem("Settings");
        await page.Locator("#sessions-part summary").ClickAsync();
        await Expect(page.Locator("#sessions li")).ToHaveCountAsync(2);
        await Expect(page.Locator("#sessions li").Filter(new() { HasText = "This browser" })).ToHaveCountAsync(1);
        await Expect(page.Locator("#sessions strong")).ToHaveTextAsync(["Chrome on Linux", "Chrome on Linux"]);

        await page.Locator("#sessions button").ClickAsync();

        await Expect(page.Locator("#sessions li")).ToHaveCountAsync(1);
        await Expect(page.Note()).ToHaveTextAsync("That session has ended.");
        await Expect(page.Locator("#sessions-part summary")).ToBeFocusedAsync();
        await Expect(other.GetByLabel("Mobile number")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_account_is_deleted_after_a_typed_word_and_a_code()
    {
        var number = Device.NewNumber();
        await using var device = await site.NewDevice();
        var page = await device.SignIn(number);
        await page.Ask("a question");
        await page.ChooseAccountMenuItem("Settings");
        await page.Locator("#deletion-part summary").ClickAsync();
        await page.Field("Type “delete” to go on").FillAsync("no");
        await page.Locator("#deletion-form button").ClickAsync();
        await Expect(page.Note()).ToHaveTextAsync("Type “delete” to go on");

        await page.Field("Type “delete” to go on").FillAsync("Delete");
        await page.Locator("#deletion-form button").ClickAsync();
        await Expect(page.Locator("#deletion-code")).Not.ToBeEmptyAsync();
        await page.Button("Delete my account for good").ClickAsync();

        await Expect(page.GetByLabel("Mobile number")).ToBeVisibleAsync();
        await device.SignIn(page, number);
        await Expect(page.Rooms()).ToHaveCountAsync(0);
        await Expect(page.Locator("#no-rooms")).ToBeVisibleAsync();
    }

    private static Task<string> Background(IPage page) => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}

file static class SettingsPlaces
{
    public static ILocator Note(this IPage page) => page.Locator("#settings-note");
}
