using System.Text;
using GeminiChat.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The message that is being written: its field, its drafts and its buttons.</summary>
[Collection(ChatCollection.Name)]
public sealed class ComposerTests(BrowserFixture site)
{
    private static readonly BrowserNewContextOptions Phone = new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true };

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(390, 844)]
    public async Task The_field_grows_with_wrapped_text_up_to_a_part_of_the_screen(int width, int height)
    {
        await using var device = await site.NewDevice(options: new() { ViewportSize = new() { Width = width, Height = height } });
        var page = await device.SignIn();
        var empty = await Height(page);

        await Text(page).FillAsync(string.Concat(Enumerable.Repeat("many words ", 40)));
        var wrapped = await Height(page);
        await Text(page).FillAsync(string.Concat(Enumerable.Repeat("many words ", 2000)));
        var full = await Height(page);

        Assert.True(wrapped > 1.5 * empty, $"{empty}, then {wrapped}");
        Assert.InRange(full, wrapped, (0.4 * height) + 1);
        await Text(page).FillAsync("");
        Assert.Equal(empty, await Height(page));
    }

    [Fact]
    public async Task Drafts_survive_a_reload_another_chat_and_are_the_same_in_all_tabs()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("first");
        await Text(page).FillAsync("a draft of the first chat");
        await page.Locator("#new-chat").ClickAsync();
        await Expect(Text(page)).ToHaveValueAsync("");
        await Text(page).FillAsync("a draft of a new chat");

        await page.ReloadAsync();
        await Expect(Text(page)).ToHaveValueAsync("a draft of a new chat");
        var other = await device.Open();
        await Expect(Text(other)).ToHaveValueAsync("a draft of a new chat");
        await Text(other).FillAsync("a newer draft");
        await Expect(Text(page)).ToHaveValueAsync("a newer draft");

        await Text(other).PressAsync("Enter");
        await Expect(other.Questions()).ToHaveTextAsync("a newer draft");
        await Expect(Text(other)).ToHaveValueAsync("");
        await Expect(Text(page)).ToHaveValueAsync("");
        await page.Rooms().Filter(new() { HasText = "first" }).ClickAsync();
        await Expect(Text(page)).ToHaveValueAsync("a draft of the first chat");
    }

    [Fact]
    public async Task Drafts_end_with_the_session()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Text(page).FillAsync("a secret");
        await page.ReloadAsync();
        await Expect(Text(page)).ToHaveValueAsync("a secret");
        var other = await device.Open("/icon.svg");

        await other.EvaluateAsync("localStorage.removeItem('geminichat.session')");

        await Expect(page.GetByLabel("Mobile number")).ToBeVisibleAsync();
        Assert.Null(await page.EvaluateAsync<string?>("localStorage['geminichat.drafts'] ?? null"));
        await device.SignIn(page);
        await Expect(Text(page)).ToHaveValueAsync("");
    }

    [Fact]
    public async Task Uploaded_files_of_a_draft_survive_a_reload()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Locator("#chooser").SetInputFilesAsync(
            new FilePayload { Name = "notes.txt", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes("Orleans") });
        await Expect(page.Uploads().Locator("progress")).ToHaveCountAsync(0);
        await Text(page).FillAsync("read it");

        await page.ReloadAsync();

        await Expect(page.Uploads()).ToContainTextAsync(["notes.txt"]);
        await Text(page).PressAsync("Enter");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Download notes.txt" })).ToBeVisibleAsync();
        await Expect(page.Uploads()).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task One_button_sends_stops_and_queues()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var round = page.Locator("#send");
        await Expect(round).ToHaveAttributeAsync("aria-disabled", "true");
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await Text(page).FillAsync("a question");
        await round.ClickAsync();
        await hold.SendText("Well");
        await Expect(page.Answers().Content()).ToHaveTextAsync("Well");
        await Expect(round).ToHaveAttributeAsync("aria-label", "Stop");

        await Text(page).FillAsync("and then?");
        await Expect(round).ToHaveAttributeAsync("aria-label", "Send");
        await Expect(round).ToHaveAttributeAsync("title", "Send: it is answered next");
        await round.ClickAsync();
        await Expect(page.Answers()).ToHaveCountAsync(2);
        await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "queued");
        await round.PressAsync("Enter");

        await Expect(page.Answers().First).ToHaveAttributeAsync("data-status", "stopped");
        await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        await Expect(round).ToHaveAttributeAsync("aria-label", "Send");
    }

    [Fact]
    public async Task On_touch_Enter_makes_a_line_and_nothing_opens_the_keyboard()
    {
        await using var device = await site.NewDevice(options: Phone);
        var page = await device.Open();
        await page.GetByLabel("Mobile number").FillAsync(Device.NewNumber());
        await page.Button("Send me a code").TapAsync();
        await page.Locator("#use-code").TapAsync();
        await Expect(Text(page)).ToBeVisibleAsync();
        await Expect(Text(page)).Not.ToBeFocusedAsync();

        await Text(page).TapAsync();
        await page.Keyboard.TypeAsync("one");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("two");
        await Expect(Text(page)).ToHaveValueAsync("one\ntwo");
        await Expect(Text(page)).ToHaveAttributeAsync("enterkeyhint", "enter");
        await page.Keyboard.PressAsync("Control+Enter");

        await Expect(page.Questions()).ToHaveTextAsync("one\ntwo");
    }

    [Fact]
    public async Task Enter_in_an_input_method_does_not_send()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Text(page).FillAsync("にほんご");

        await Text(page).EvaluateAsync("""
            (field) => {
              for (const more of [{ isComposing: true }, { keyCode: 229 }]) {
                field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more }));
              }
            }
            """);
        await Expect(Text(page)).ToHaveValueAsync("にほんご");
        await Text(page).PressAsync("Control+Enter");

        await Expect(page.Questions()).ToHaveTextAsync(["にほんご"]);
    }

    [Fact]
    public async Task Instructions_can_be_given_before_the_first_message()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Button("Give the model instructions for this chat").ClickAsync();
        await page.Field("Instructions").FillAsync("Be brief.");
        await page.Button("Save").ClickAsync();
        await Expect(page.Button("This chat has instructions")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.Button("This chat has instructions")).ToBeVisibleAsync();

        await page.Ask("hello");
        Assert.Equal("Be brief.", site.Gemini.Calls.Requests[^1].System);
        await Expect(page.Button("This chat has instructions")).ToBeVisibleAsync();
        await page.Locator("#new-chat").ClickAsync();
        await Expect(page.Button("Give the model instructions for this chat")).ToBeVisibleAsync();
        await page.Rooms().First.ClickAsync();
        await page.Button("This chat has instructions").ClickAsync();
        await page.Field("Instructions").FillAsync("");
        await page.Button("Save").ClickAsync();
        await Expect(page.Button("Give the model instructions for this chat")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("مرحبا بالعالم", "rtl")]
    [InlineData("नमस्ते दुनिया", "ltr")]
    public async Task The_text_has_the_direction_of_its_script(string text, string direction)
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();

        await Text(page).FillAsync(text);

        await Expect(Text(page)).ToHaveCSSAsync("direction", direction);
        await Text(page).PressAsync("Enter");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await page.Button("Edit").ClickAsync();
        await Expect(page.Field("Change this question")).ToHaveCSSAsync("direction", direction);
    }

    [Fact]
    public async Task A_wait_is_counted_down_and_then_the_message_can_be_sent()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("first");
        const string Body = """{"type":"urn:geminichat:problem:queue-full","status":429,"detail":"POST /chatroom: the queue is full.","limit":20}""";
        await page.RouteAsync(
            "**/message",
            route => route.FulfillAsync(new() { Status = 429, ContentType = "application/problem+json", Body = Body, Headers = [new("Retry-After", "60")] }),
            new() { Times = 1 });
        await page.Clock.InstallAsync();

        await page.Send("second");

        await Expect(page.Locator("#send-error")).ToContainTextAsync("20 messages wait in this chat already. Try again in ");
        await Expect(page.Locator("#send-error")).Not.ToContainTextAsync("POST");
        await Expect(page.Locator("#send")).ToHaveAttributeAsync("aria-disabled", "true");
        await page.Clock.FastForwardAsync(60_000);
        await Expect(page.Locator("#send-error")).ToBeEmptyAsync();
        await Expect(page.Locator("#send")).ToHaveAttributeAsync("aria-disabled", "false");
        await Text(page).PressAsync("Enter");
        await Expect(page.Questions()).ToHaveCountAsync(2);
    }

    [Theory]
    [InlineData(504, """{"detail":"gateway"}""", "The server took too long. Try again.")]
    [InlineData(418, "not even JSON", "That did not work. Try again.")]
    [InlineData(403, """{"type":"urn:geminichat:problem:model-not-allowed"}""", "This model is not part of your plan. Choose another model, or upgrade.")]
    [InlineData(404, """{"type":"urn:geminichat:problem:of-a-later-version","detail":"GET /chatroom"}""", "This no longer exists.")]
    public async Task Errors_are_explained_in_plain_words(int status, string body, string words)
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.RouteAsync("**/chatroom", route => route.Request.Method == "POST"
            ? route.FulfillAsync(new() { Status = status, ContentType = "application/problem+json", Body = body })
            : route.ContinueAsync());

        await page.Send("hello");

        await Expect(page.Locator("#send-error")).ToHaveTextAsync(words);
        await Expect(Text(page)).ToHaveValueAsync("hello");
    }

    [Fact]
    public async Task Buttons_of_messages_appear_without_moving_anything()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("first");
        await page.Ask("second");
        await Expect(page.Answers()).ToHaveCountAsync(2);
        await page.Mouse.MoveAsync(1, 1);
        await Expect(Actions(page.Answers().First)).ToHaveCSSAsync("opacity", "0");
        await Expect(Actions(page.Answers().Last)).ToHaveCSSAsync("opacity", "1");
        var before = await page.Answers().Last.BoundingBoxAsync();

        await page.Answers().First.HoverAsync();
        await Expect(Actions(page.Answers().First)).ToHaveCSSAsync("opacity", "1");
        await page.Answers().First.Button("Copy").FocusAsync();
        await page.Mouse.MoveAsync(1, 1);

        await Expect(Actions(page.Answers().First)).ToHaveCSSAsync("opacity", "1");
        var after = await page.Answers().Last.BoundingBoxAsync();
        Assert.Equal((before!.Y, before.Height), (after!.Y, after.Height));
    }

    private static ILocator Text(IPage page) => page.GetByLabel("Your message");

    private static ILocator Actions(ILocator message) => message.Locator(".actions");

    private static async Task<double> Height(IPage page) => (await Text(page).BoundingBoxAsync())!.Height;
}
