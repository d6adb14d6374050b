using GeminiChat.Played;
using GeminiChat.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>What the page holds of connections, and how it comes back to what it missed without one.</summary>
[Collection(OneSite.Name)]
public sealed class ConnectionTests(Site site)
{
    [Fact]
    public async Task A_tab_that_is_not_seen_holds_no_connection_and_reads_on_when_it_is()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var hold = new Hold();
        site.Gemini.Next(hold.Script);
        await page.Send("count");
        await hold.Say("one ");
        await Expect(page.Answers().Content()).ToHaveTextAsync("one ");
        var notices = Left(page, "/events");
        var reply = Left(page, "/message/");

        await page.Hide();
        await notices;
        await reply;
        await hold.Say("two ");
        await hold.Finish();

        await Expect(page.Answers().Content()).ToHaveTextAsync("one ");
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
        await page.Show();
        await Expect(page.Answers().Content()).ToHaveTextAsync("one two ");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
    }

    [Fact]
    public async Task A_tab_that_missed_too_much_reads_everything_anew()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        await one.Send("first");
        await Expect(one.Answers().Content()).ToHaveTextAsync("ok");
        var two = await device.Open(one.Place());
        await Expect(two.Rooms()).ToHaveCountAsync(1);
        var notices = Left(two, "/events");
        await two.Hide();
        await notices;

        // An id that was never given, as one is after a minute without a reader.
        await two.RouteAsync("**/events", route => route.ContinueAsync(new()
        {
            Headers = new Dictionary<string, string>(route.Request.Headers) { ["last-event-id"] = "0-0" },
        }));
        await one.Choose("Rename");
        await one.Locator("#ask-value").FillAsync("another name");
        await one.Locator("#ask-value").PressAsync("Enter");
        await Expect(one.Locator("#title")).ToHaveTextAsync("another name");
        await one.Send("second");
        await Expect(one.Answers().Content()).ToHaveTextAsync(["ok", "ok"]);
        await Expect(one.Answers().Last).ToHaveAttributeAsync("data-status", "completed");

        await two.Show();

        await Expect(two.Locator("#title")).ToHaveTextAsync("another name");
        await Expect(two.Rooms().Locator("span")).ToHaveTextAsync("another name");
        await Expect(two.Questions()).ToHaveTextAsync(["first", "second"]);
        await Expect(two.Answers().Content()).ToHaveTextAsync(["ok", "ok"]);
    }

    [Fact]
    public async Task What_happens_between_the_first_look_and_the_first_notice_is_not_missed()
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
        await two.GotoAsync(one.Place());
        await Expect(two.Answers().Content()).ToHaveTextAsync("ok");

        await one.Send("second");
        await Expect(one.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        await Expect(one.Questions()).ToHaveTextAsync(["first", "second"]);
        isPosted.SetResult();

        await Expect(two.Questions()).ToHaveTextAsync(["first", "second"]);
        await Expect(two.Answers().Content()).ToHaveTextAsync(["ok", "ok"]);
    }

    [Fact]
    public async Task An_answer_goes_on_after_the_server_was_killed_and_the_page_says_how_it_is()
    {
        using var folder = new TemporaryFolder();
        await using var first = await site.Start(folder);
        await using var device = await site.NewDevice(first);
        var page = await device.SignIn();
        var (cut, whole) = (new Hold(), new Hold());
        site.Gemini.Next(cut.Script, whole.Script);
        await page.Send("a question");
        await cut.Say("Half an ");
        await Expect(page.Answers().Content()).ToHaveTextAsync("Half an ");
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();

        await first.Kill();

        await Expect(page.Locator("#connection")).ToHaveTextAsync("The connection is lost. Trying again…");
        await Expect(page.Locator("#connection")).ToBeVisibleAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("Half an ");
        await first.Restart();
        await whole.Say("The whole ");
        await Expect(page.Answers().Content()).ToHaveTextAsync("The whole ");
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
        await whole.Say("answer");
        await whole.Finish();
        await Expect(page.Answers().Content()).ToHaveTextAsync("The whole answer");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Answers()).ToHaveCountAsync(1);
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
        return isLeft.Task.WaitAsync(CallLog.Patience);
    }
}
