using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The scroll position of a chat, and what must not move it.</summary>
[Collection(ChatCollection.Name)]
public sealed class ScrollPositionTests(BrowserFixture site)
{
    private const string Long = "A paragraph with words enough to fill a line or two of the page, so that an answer is soon longer than the page.\n\n";

    [Fact]
    public async Task Nothing_moves_when_an_answer_is_complete()
    {
        await using var device = await site.NewDevice();
        var (page, hold) = await site.BeginReply(device, "Some words.\n\n" + Long + "```\ncode\n```\n\nEnd.");
        await Expect(page.Answers().Content()).ToContainTextAsync("End.");
        await page.EvaluateAsync(
            """
            () => {
              window.shifts = "";
              const rect = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join();
              const describe = ({ node, previousRect, currentRect }) => `${node?.nodeName}.${node?.className} ${rect(previousRect)} to ${rect(currentRect)}\n`;
              new PerformanceObserver((all) => all.getEntries().forEach((entry) => (window.shifts += entry.sources.filter(({ node }) => node?.parentElement?.closest("#scroller")).map(describe).join(""))))
                .observe({ type: "layout-shift" });
            }
            """);
        var place = await page.Answers().Locator(".actions").BoundingBoxAsync();

        await hold.Finish();

        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await page.EvaluateAsync("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
        Assert.Equal("", await page.EvaluateAsync<string>("window.shifts"));
        var after = await page.Answers().Locator(".actions").BoundingBoxAsync();
        Assert.Equal((place!.Y, place.Height), (after!.Y, after.Height));
    }

    [Fact]
    public async Task The_way_to_the_end_is_shown_when_it_is_out_of_view()
    {
        await using var device = await site.NewDevice();
        var (page, hold) = await site.BeginReply(device, string.Concat(Enumerable.Repeat(Long, 40)));
        await Expect(page.Answers().Content().Locator("p")).ToHaveCountAsync(40);
        await Expect(page.Button("Scroll to the end")).ToBeHiddenAsync();
        await page.Locator("#scroller").EvaluateAsync("(scroller) => { scroller.scrollTop = 200; }");
        await Expect(page.Button("Scroll to the end")).ToBeVisibleAsync();

        await hold.SendText("more");
        await page.Button("Scroll to the end: there is something new").ClickAsync();

        await Expect(page.Answers().Locator(".actions")).ToBeInViewportAsync();
        await Expect(page.Locator("#to-end")).ToBeHiddenAsync();
        await hold.SendText("\n\n" + Long + Long + Long);
        await hold.Finish();
        await Expect(page.Answers().Button("Copy")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Each_chat_opens_where_it_was_left()
    {
        await using var device = await site.NewDevice();
        var (page, hold) = await site.BeginReply(device, string.Concat(Enumerable.Repeat(Long, 40)));
        await hold.Finish();
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        var room = page.PathAndFragment();
        await page.Locator("#scroller").EvaluateAsync("(scroller) => { scroller.scrollTop = 300; }");
        await Expect(page.Locator("#to-end")).ToBeVisibleAsync();

        await page.Locator("#new-chat").ClickAsync();
        await Expect(page.Answers()).ToHaveCountAsync(0);
        await page.GotoAsync(room);
        await ExpectTop(page, 300);
        await page.ReloadAsync();
        await ExpectTop(page, 300);
    }

    [Fact]
    public async Task While_a_chat_is_read_there_is_no_greeting()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Expect(page.Locator("#welcome")).ToBeVisibleAsync();

        // The browser does not keep a chat that it has not shown.
        var room = await page.EvaluateAsync<string>("""
            async () => {
              const { access } = JSON.parse(localStorage["geminichat.session"]);
              const headers = { Authorization: `Bearer ${access}`, "Content-Type": "application/json" };
              const answer = await fetch("/chatroom", { method: "POST", headers, body: JSON.stringify({ name: "elsewhere" }) });
              return (await answer.json()).id;
            }
            """);
        await page.PostInRoom(room, ["first"]);
        var read = new TaskCompletionSource();
        await page.RouteAsync("**/chatroom/*?view=path*", async route =>
        {
            await read.Task;
            await route.ContinueAsync();
        });

        await page.GotoAsync($"/#/{room}");

        await Expect(page.Locator("#loading")).ToBeVisibleAsync();
        await Expect(page.Locator("#welcome")).ToBeHiddenAsync();
        read.SetResult();
        await Expect(page.Answers()).ToHaveCountAsync(1);
        await Expect(page.Locator("#loading")).ToBeHiddenAsync();
    }

    private static async Task ExpectTop(IPage page, int top)
    {
        await Expect(page.Answers()).ToHaveCountAsync(1);
        await Expect(page.Locator("#scroller")).ToHaveJSPropertyAsync("scrollTop", top);
    }
}
