using System.Globalization;
using GeminiChat.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>Measures what docs/page.md tells: bytes, requests, times, shifts of the layout, memory. It fails for no figure.</summary>
[Collection(FrameCollection.Name)]
public sealed class PageFigures(BrowserFixture site, ITestOutputHelper output)
{
    private const string Wish = "PAGE_FIGURES";
    private const int Turns = 1000;

    /// <summary>Sums the shifts that no key or click has caused.</summary>
    private const string WatchShifts = """
        window.shifts = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
        """;

    private const string Loaded = """
        () => {
          const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
          const own = entries.filter(({ name }) => /\/(assets\/|sw\.js|manifest|.*\.png)|\/$/.test(new URL(name).pathname));
          const paint = performance.getEntriesByName("first-contentful-paint")[0];
          return [own.length, own.reduce((sum, { transferSize }) => sum + transferSize, 0), paint ? paint.startTime : 0];
        }
        """;

    private static BrowserNewContextOptions WithWorker => new() { ServiceWorkers = ServiceWorkerPolicy.Allow, ViewportSize = new() { Width = 390, Height = 780 } };

    [Fact]
    public async Task The_figures_can_be_measured()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Wish)), $"Measures the page when {Wish} is set.");
        await MeasureFirstViews();
        await MeasureTurn();
        await MeasureLongRoom();
    }

    private async Task MeasureFirstViews()
    {
        await using var device = await site.NewDevice(options: WithWorker);
        var page = await device.Open("/icon.svg");
        await SlowDown(page);
        await page.AddInitScriptAsync(WatchShifts);
        await page.GotoAsync("/");
        await Expect(page.Locator("#sign-in")).ToBeVisibleAsync();
        await Report(page, "sign-in, first visit");

        page = await device.SignInByApi();
        await page.Ask("a question");
        await page.EvaluateAsync("navigator.serviceWorker.ready.then(() => new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve, 2500))))");
        await page.AddInitScriptAsync(WatchShifts);
        await page.AddInitScriptAsync("""
            new MutationObserver((_, observer) => {
              if (!document.querySelector(".message")) return;
              window.messageAt = performance.now();
              observer.disconnect();
            }).observe(document, { childList: true, subtree: true });
            """);
        await SlowDown(page);
        await page.ReloadAsync();
        await Expect(page.Answers().Content()).ToBeVisibleAsync();
        await Report(page, "a chat, after the first visit");
        output.WriteLine($"  messages in the page after {await page.EvaluateAsync<double>("window.messageAt"):F0} ms");
    }

    private async Task MeasureTurn()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignInByApi();
        await page.Ask("first");
        await page.AddInitScriptAsync(WatchShifts);
        await page.ReloadAsync();
        await Expect(page.Answers().Content()).ToBeVisibleAsync();
        var pieces = Enumerable.Range(0, 40).Select(static i => i % 8 == 7 ? "\n\n* and so on\n\n```c\nint x;\n```\n\n" : string.Create(CultureInfo.InvariantCulture, $"word {i} of **this** answer. ")).ToArray();
        site.Gemini.EnqueueReplies(Script.Chunks(TimeSpan.FromMilliseconds(40), pieces).Then(Script.Finish()));
        await page.Ask("tell me more");
        await Expect(page.Answers()).ToHaveCountAsync(2);
        output.WriteLine($"layout shift of the load and a whole turn: {await Shifts(page):F4}");
    }

    private async Task MeasureLongRoom()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignInByApi();
        await page.Ask("first");
        await page.PostInRoom(page.RoomId(), Enumerable.Range(1, Turns - 1).Select(static i => string.Create(CultureInfo.InvariantCulture, $"question {i}")));
        await page.ReloadAsync();
        await Expect(page.Answers().Last).ToBeVisibleAsync();
        output.WriteLine($"heap with the newest page of {2 * Turns} messages: {await Heap(page):F1} MB");
        while (await page.Locator("#older").IsVisibleAsync())
        {
            var shown = await page.Answers().CountAsync();
            await page.EvaluateAsync("document.querySelector('#older').click()");
            await page.EvaluateAsync("""
                async (shown) => {
                  for (let tries = 0; tries < 400 && document.querySelectorAll(".message.ai").length === shown; tries++) await new Promise((resolve) => setTimeout(resolve, 25));
                }
                """, shown);
        }

        output.WriteLine($"heap with all {2 * await page.Answers().CountAsync()} messages in the page: {await Heap(page):F1} MB");
    }

    private async Task Report(IPage page, string what)
    {
        await page.WaitForLoadStateAsync(LoadState.Load);
        var figures = await page.EvaluateAsync<double[]>(Loaded);
        output.WriteLine($"{what}: {figures[0]} files, {figures[1] / 1000:F1} KB over the wire, first view after {figures[2]:F0} ms, layout shift {await Shifts(page):F4}");
    }

    private static Task<double> Shifts(IPage page) => page.EvaluateAsync<double>("window.shifts");

    private static async Task<double> Heap(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("HeapProfiler.collectGarbage");
        return (await session.SendAsync("Runtime.getHeapUsage"))!.Value.GetProperty("usedSize").GetDouble() / 1e6;
    }

    /// <summary>A slow mobile network: 400 ms for each answer, 1.6 Mbit/s.</summary>
    private static async Task SlowDown(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("Network.enable");
        await session.SendAsync("Network.emulateNetworkConditions", new()
        {
            ["offline"] = false,
            ["latency"] = 400,
            ["downloadThroughput"] = 1_600_000 / 8,
            ["uploadThroughput"] = 750_000 / 8,
        });
    }
}
