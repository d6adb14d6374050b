using GeminiChat.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

[Collection(FrameCollection.Name)]
public sealed class AccessibilityTests(BrowserFixture site)
{
    private const string Everything = """
        ## Orleans in a nutshell

        **Virtual actors**: each room is *one* object in the cluster; it lives where it is needed and `wakes` when called.

        ```csharp
        public interface IChatroomGrain : IGrainWithStringKey
        {
            Task<PostOutcome> Post(NewMessage message);   // durable before it answers, and never twice for one key, whatever breaks
        }
        ```

        | What | Where | Rows |
        |---|---|---:|
        | Messages | SQLite or PostgreSQL | 1 000 |
        | Live text | `Chatrooms.ChatroomGrain.LiveText` | 0 |

        1. Nothing is lost on `kill -9`.
        2. A reader that stalls costs nobody else anything: see [the docs](https://learn.microsoft.com/dotnet/orleans).

        > Anunreasonablylongwordthathasnoplacetobreakandwouldwidenanarrowpageifitwereallowedtodosoandthatisall
        """;

    [Theory]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    public async Task Every_element_has_contrast_a_name_and_fits_the_screen(ColorScheme colours, int width)
    {
        await using var device = await site.NewDevice(
            options: new() { ColorScheme = colours, ViewportSize = new() { Width = width, Height = 720 } });
        var page = await device.Open();
        await Expect(page.GetByLabel("Mobile number")).ToBeVisibleAsync();
        await AccessibilityAudit.AssertNoFaults(page);
        await device.SignIn(page);
        site.Gemini.EnqueueReplies(Script.Chunks(Everything).Then(Script.Finish()));
        await page.Send("Explain Orleans, " + new string('x', 200));
        await Expect(page.Answers().Content().Locator("table")).ToBeVisibleAsync();
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Send("And then?");
        await hold.SendText("Well");
        await Expect(page.Answers().Last.StatusLine()).ToHaveTextAsync("Writing");
        await Expect(page.Answers().Last.StatusLine()).ToBeInViewportAsync();
        await AccessibilityAudit.AssertNoFaults(page);
        await Expect(page.Locator("#tier")).ToHaveTextAsync("Basic");
        if (width < 700)
        {
            await page.Button("Open sidebar").ClickAsync();
            await page.Locator("#archive summary").ClickAsync();
            await AccessibilityAudit.AssertNoFaults(page);
            await page.Keyboard.PressAsync("Escape");
        }

        await page.Locator("#room-menu").ClickAsync();
        await AccessibilityAudit.AssertNoFaults(page);
        await page.MenuItem("Instructions").ClickAsync();
        await Expect(page.Field("Instructions")).ToBeFocusedAsync();
        await AccessibilityAudit.AssertNoFaults(page);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#room-menu")).ToBeFocusedAsync();
        await hold.Finish();
        await page.Answers().Last.Button("Regenerate").ClickAsync();
        await Expect(page.Answers().Last).ToContainTextAsync("2/2");
        await page.RouteAsync("**/events", route => route.AbortAsync());
        await page.HideTab();
        await page.ShowTab();
        await Expect(page.Locator("#connection")).ToBeVisibleAsync();
        await AccessibilityAudit.AssertNoFaults(page);
        await page.UnrouteAllAsync();
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
        await page.ChooseRoomMenuItem("Delete");
        await AccessibilityAudit.AssertNoFaults(page);
        await page.Locator("#ask").Button("Delete").ClickAsync();
        await Expect(page.Locator("#welcome")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    public async Task Every_form_and_dialog_has_contrast_a_name_and_fits_the_screen(ColorScheme colours, int width)
    {
        await using var device = await site.NewDevice(
            options: new() { ColorScheme = colours, ViewportSize = new() { Width = width, Height = 720 } });
        var page = await device.SignIn();
        await page.Button("Temporary chat").ClickAsync();
        await Expect(page.Locator("#temporary-note")).ToBeVisibleAsync();
        await AccessibilityAudit.AssertNoFaults(page);
        await page.Button("Temporary chat").ClickAsync();
        await page.Locator("#chooser").SetInputFilesAsync(new FilePayload { Name = "notes.txt", MimeType = "text/plain", Buffer = [65] });
        await Expect(page.Uploads()).ToHaveCountAsync(1);
        await page.GetByLabel("Search the web").CheckAsync();
        await AccessibilityAudit.AssertNoFaults(page);
        site.Gemini.EnqueueReplies(Script.Thought("It is a runtime.").Then(Script.Grounded("It runs grains.", new() { Supports = [("grains", [0])] })));
        await page.Ask("Explain Orleans");
        await page.Answers().Thoughts().Locator("summary").ClickAsync();
        await AccessibilityAudit.AssertNoFaults(page);
        await page.Button("Good answer").ClickAsync();
        await Expect(page.Button("Good answer")).ToHaveAttributeAsync("aria-pressed", "true");
        await page.Button("Edit").ClickAsync();
        await AccessibilityAudit.AssertNoFaults(page);
        await page.Keyboard.PressAsync("Escape");
        await page.ChooseRoomMenuItem("Share");
        await page.Button("Create a link").ClickAsync();
        await Expect(page.Locator("#share-list li")).ToHaveCountAsync(1);
        await AccessibilityAudit.AssertNoFaults(page);
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("Orleans");
        await Expect(page.Locator("#results").GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await AccessibilityAudit.AssertNoFaults(page);
    }

    [Fact]
    public async Task Keyboard_focus_follows_the_order_of_the_page()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.ReloadAsync();
        await Expect(page.Locator("#user-name")).ToContainTextAsync("+1");
        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
        var places = new List<string?>();
        for (var steps = 0; steps < 20; steps++)
        {
            await page.Keyboard.PressAsync("Shift+Tab");
            Assert.Equal("solid", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
            places.Insert(0, await page.EvaluateAsync<string?>("document.activeElement.id || document.activeElement.textContent"));
            if (places[0] == "skip")
            {
                break;
            }
        }

        Assert.Equal(["skip", "close-drawer", "new-chat", "open-search", "Archived chats", "account", "temporary", "scroller"], places);
    }

    [Fact]
    public async Task Screen_readers_are_told_how_a_reply_ends()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Send("a question");
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("The answer is on its way.");
        await hold.SendText("all");
        await hold.Finish();
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("The answer is complete.");
        await page.Answers().Button("Copy").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Copied");
    }
}
