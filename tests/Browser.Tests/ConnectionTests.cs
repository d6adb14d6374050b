using GeminiChat.Fakes;
using GeminiChat.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>What the page holds of connections, and how it comes back to what it missed without one.</summary>
[Collection(ChatCollection.Name)]
public sealed class ConnectionTests(BrowserFixture site)
{
    private const string Read = "**/chatroom/*?view=path*";

    // The page does not know what another tab has shown.
    private const string WithoutCache = "Object.defineProperty(window, 'indexedDB', { value: undefined })";

    [Fact]
    public async Task A_hidden_tab_closes_its_connection_and_resumes_when_it_is_shown()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Send("count");
        await hold.SendText("one ");
        await Expect(page.Answers().Content()).ToHaveTextAsync("one ");
        var notices = Left(page, "/events");
        var reply = Left(page, "/message/");

        await page.HideTab();
        await notices;
        await reply;
        await hold.SendText("two ");
        await hold.Finish();

        await Expect(page.Answers().Content()).ToHaveTextAsync("one ");
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
        await page.ShowTab();
        await Expect(page.Answers().Content()).ToHaveTextAsync("one two ");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
    }

    [Fact]
    public async Task A_tab_that_missed_too_many_notices_reloads_everything()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        await one.Send("first");
        await Expect(one.Answers().Content()).ToHaveTextAsync("ok");
        var two = await device.Open(one.PathAndFragment());
        await Expect(two.Rooms()).ToHaveCountAsync(1);
        var notices = Left(two, "/events");
        await two.HideTab();
        await notices;

        // An id that was never given, as one is after a minute without a reader.
        await two.RouteAsync("**/events", route => route.ContinueAsync(new()
        {
            Headers = new Dictionary<string, string>(route.Request.Headers) { ["last-event-id"] = "0-0" },
        }));
        await Rename(one, "another name");
        await one.Send("second");
        await Expect(one.Answers().Content()).ToHaveTextAsync(["ok", "ok"]);
        await Expect(one.Answers().Last).ToHaveAttributeAsync("data-status", "completed");

        await two.ShowTab();

        await Expect(two.Locator("#title")).ToHaveTextAsync("another name");
        await Expect(two.Rooms().Locator("span")).ToHaveTextAsync("another name");
        await Expect(two.Questions()).ToHaveTextAsync(["first", "second"]);
        await Expect(two.Answers().Content()).ToHaveTextAsync(["ok", "ok"]);
    }

    [Fact]
    public async Task A_change_between_the_first_load_and_the_first_notice_is_not_missed()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        await one.Send("first");
        await Expect(one.Answers().Content()).ToHaveTextAsync("ok");
        var two = await device.Open("/icon.svg");
        var isPosted = new TaskCompletionSource();
        await two.RouteAsync("**/events", async route =>
        {
            await isPosted.Task;
            await route.ContinueAsync();
        });
        await two.GotoAsync(one.PathAndFragment());
        await Expect(two.Answers().Content()).ToHaveTextAsync("ok");

        await one.Ask("second");
        await Expect(one.Questions()).ToHaveTextAsync(["first", "second"]);
        isPosted.SetResult();

        await Expect(two.Questions()).ToHaveTextAsync(["first", "second"]);
        await Expect(two.Answers().Content()).ToHaveTextAsync(["ok", "ok"]);
    }

    [Theory]
    [InlineData("**/chatroom", "#toast")]
    [InlineData("**/chatroom/*", "#load-error p")]
    public async Task A_first_load_that_failed_is_repeated_with_the_next_connection(string what, string error)
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        await one.Send("first");
        await Expect(one.Answers().Content()).ToHaveTextAsync("ok");
        var two = await device.Open("/icon.svg");
        await two.AddInitScriptAsync(WithoutCache);
        await two.RouteAsync(what, route => route.AbortAsync());
        await two.GotoAsync(one.PathAndFragment());
        await Expect(two.Locator(error)).ToHaveTextAsync("The server cannot be reached. Check the connection.");
        var notices = Left(two, "/events");
        await two.HideTab();
        await notices;
        await two.UnrouteAsync(what);

        await two.ShowTab();

        await Expect(two.Rooms()).ToHaveCountAsync(1);
        await Expect(two.Answers().Content()).ToHaveTextAsync("ok");
    }

    [Fact]
    public async Task A_chat_that_cannot_be_read_says_why_and_can_be_read_again()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        await one.Send("first");
        await Expect(one.Answers().Content()).ToHaveTextAsync("ok");
        var two = await device.Open("/icon.svg");
        await two.AddInitScriptAsync(WithoutCache);

        // The page reads again by itself when it has the list of chats.
        var isReadTwice = new TaskCompletionSource();
        var reads = 0;
        await two.RouteAsync(Read, async route =>
        {
            await route.FulfillAsync(new() { Status = 503 });
            if (++reads == 2)
            {
                isReadTwice.SetResult();
            }
        });
        await two.GotoAsync(one.PathAndFragment());

        await Expect(two.Locator("#load-error p")).ToHaveTextAsync("The server is busy or restarting.");
        await Expect(two.Locator("#announcer")).ToHaveTextAsync("The server is busy or restarting.");
        await Expect(two.Locator("#welcome")).ToBeHiddenAsync();
        await Expect(two.Locator("#loading")).ToBeHiddenAsync();
        await isReadTwice.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await two.UnrouteAsync(Read);

        await two.Button("Try again").PressAsync("Enter");

        await Expect(two.Answers().Content()).ToHaveTextAsync("ok");
        await Expect(two.Locator("#load-error")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_slow_room_request_is_sent_once_and_does_not_delay_notices()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        await one.Ask("first");
        var two = await device.Open("/icon.svg");
        var isReady = new TaskCompletionSource();
        var reads = 0;
        await two.RouteAsync("**/chatroom/*", async route =>
        {
            reads++;
            await isReady.Task;
            await route.ContinueAsync();
        });
        await two.GotoAsync(one.PathAndFragment());
        await Expect(two.Rooms()).ToHaveCountAsync(1);

        await Rename(one, "another name");
        await Expect(two.Locator("#title")).ToHaveTextAsync("another name");
        isReady.SetResult();
        await Expect(two.Answers().Content()).ToHaveTextAsync("ok");
        await Rename(one, "a third name");
        await Expect(two.Locator("#title")).ToHaveTextAsync("a third name");

        Assert.Equal(1, reads);
    }

    [Fact]
    public async Task The_page_reports_a_connection_that_the_server_refuses_permanently()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var asked = 0;
        await page.RouteAsync("**/events", route => asked++ == 0
            ? route.AbortAsync()
            : route.FulfillAsync(new() { Status = 403, ContentType = "application/problem+json", Body = "{}" }));

        await page.ReloadAsync();

        await Expect(page.Locator("#connection")).ToHaveTextAsync("The connection is lost. Reload the page to go on.");
        await Expect(page.Locator("#connection")).ToBeVisibleAsync();
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_reply_continues_after_a_server_crash_and_the_page_shows_the_connection_state()
    {
        using var folder = new TemporaryFolder();
        await using var first = await site.Start(folder);
        await using var device = await site.NewDevice(first);
        var page = await device.SignIn();
        var (cut, whole) = (new ControlledReply(), new ControlledReply());
        site.Gemini.EnqueueReplies(cut.Script, whole.Script);
        await page.Send("a question");
        await cut.SendText("Half an ");
        await Expect(page.Answers().Content()).ToHaveTextAsync("Half an ");
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();

        await first.Kill();

        await Expect(page.Locator("#connection")).ToHaveTextAsync("The connection is lost. Trying again…");
        await Expect(page.Locator("#connection")).ToBeVisibleAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("Half an ");
        await first.Restart();
        await whole.SendText("The whole ");
        await Expect(page.Answers().Content()).ToHaveTextAsync("The whole ");
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
        await whole.SendText("answer");
        await whole.Finish();
        await Expect(page.Answers().Content()).ToHaveTextAsync("The whole answer");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Answers()).ToHaveCountAsync(1);
    }

    private static async Task Rename(IPage page, string name)
    {
        await page.ChooseRoomMenuItem("Rename");
        await page.Locator("#ask-value").FillAsync(name);
        await page.Locator("#ask-value").PressAsync("Enter");
        await Expect(page.Locator("#title")).ToHaveTextAsync(name);
    }

    /// <summary>Waits until the page has let a connection go.</summary>
    private static Task Left(IPage page, string path)
    {
        var isLeft = new TaskCompletionSource();
        page.RequestFailed += (_, request) =>
        {
            if (request.Url.Contains(path, StringComparison.Ordinal))
            {
                isLeft.TrySetResult();
            }
        };
        return isLeft.Task.WaitAsync(GeminiCallLog.DefaultTimeout);
    }
}
