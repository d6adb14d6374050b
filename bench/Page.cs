using System.Globalization;
using Microsoft.Playwright;

namespace GeminiChat.Bench;

/// <summary>What the page costs the browser while an answer streams into it, and what moves on it.</summary>
internal static class Page
{
    private const string Chromium = "/usr/bin/chromium";
    private const int Tokens = 8_000;
    private const int Messages = 2_000;
    private const int Windows = 5;
    private const int ChunkCharacters = 16;

    // 200 tokens a second.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    public static async Task<int> Measure()
    {
        await using var servers = await BenchServers.Start();
        await using var deployment = await Deployment.StartOnSqlite(servers.ModelUrl);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu"] });
        Console.WriteLine("| ms of main thread a frame: script + style + layout | first fifth | last fifth | highest fifth | script; style; layout in the last | layout shift: turn; end |\n|---|---|---|---|---|---|");
        foreach (var (name, text) in new[]
        {
            ("mixed Markdown", PageTexts.Mixed(Tokens)), ("one code block", PageTexts.Code(Tokens)), ("one list", PageTexts.List(Tokens)),
        })
        {
            var page = await Open(browser, deployment.Gateways[0], messages: 0, servers);
            await servers.Configure(text, ChunkCharacters, Delay);
            await Stream(page, $"{Tokens:N0} tokens, {name}");
            await page.Context.CloseAsync();
        }

        var full = await Open(browser, deployment.Gateways[0], Messages, servers);
        await servers.Configure(PageTexts.Mixed(Tokens / 4), ChunkCharacters, Delay);
        await Stream(full, $"{Tokens / 4:N0} tokens below {Messages:N0} messages");
        return 0;
    }

    /// <summary>A new user's page, with a room in which so many messages are shown.</summary>
    private static async Task<IPage> Open(IBrowser browser, GatewayProcess gateway, int messages, BenchServers servers)
    {
        await servers.Configure("A short answer with **some** words.\n\n- one\n- two\n", int.MaxValue, TimeSpan.Zero);
        var user = await ChatUser.SignIn(gateway.Http);
        var room = await user.NewRoom("room");
        var post = new BenchRequest("POST", $"/chatroom/{room}/message", user.Token, "text/event-stream");
        for (var i = 0; i < Math.Max(2, messages) / 2; i++)
        {
            await StreamClient.Read(gateway.Http, post);
        }

        var context = await browser.NewContextAsync(new() { BaseURL = gateway.Address.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/health/live");
        await page.EvaluateAsync(
            "(session) => { localStorage['geminichat.session'] = JSON.stringify(session); }",
            new { access = user.Token, refresh = "none", expires = long.MaxValue / 1_000_000 });
        await page.GotoAsync($"/#/{room}");
        await page.Locator(".message.ai").First.WaitForAsync();
        while (await page.Locator(".message").CountAsync() < messages)
        {
            await page.EvaluateAsync("() => { document.querySelector('#scroller').scrollTop = 0; return new Promise((done) => setTimeout(done, 50)); }");
        }

        await page.EvaluateAsync("() => { const s = document.querySelector('#scroller'); s.scrollTop = s.scrollHeight; }");
        return page;
    }

    private static async Task Stream(IPage page, string name)
    {
        await page.EvaluateAsync(
            """
            () => {
              window.bench = { frames: 0, shift: 0 };
              new PerformanceObserver((all) => all.getEntries().forEach((entry) => { if (!entry.hadRecentInput) window.bench.shift += entry.value; }))
                .observe({ type: "layout-shift" });
              const count = () => { window.bench.frames++; requestAnimationFrame(count); };
              requestAnimationFrame(count);
            }
            """);
        var metrics = await page.Context.NewCDPSessionAsync(page);
        await metrics.SendAsync("Performance.enable");
        var answers = await page.Locator(".message.ai").CountAsync();
        await page.Locator("#text").FillAsync("Tell me more.");
        await page.Locator("#text").PressAsync("Enter");
        var last = page.Locator($".message.ai >> nth={answers}");
        await last.Locator("*").First.WaitForAsync();
        var samples = new List<Sample> { await Read(page, metrics) };
        while (await last.GetAttributeAsync("data-status") is "queued" or "generating")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250));
            samples.Add(await Read(page, metrics));
        }

        await Task.Delay(TimeSpan.FromMilliseconds(500));
        var end = await Read(page, metrics);
        Report(name, samples, end.Shift, end.Shift - samples[^2].Shift);
    }

    private static void Report(string name, List<Sample> samples, double shift, double shiftAtEnd)
    {
        var fifths = Enumerable.Range(0, Windows)
            .Select(i => samples[(samples.Count - 1) * (i + 1) / Windows].Since(samples[(samples.Count - 1) * i / Windows])).ToList();
        var last = fifths[^1];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {fifths[0].Total:F1} | {last.Total:F1} | {fifths.Max(one => one.Total):F1} | {last.Script:F1}; {last.Style:F1}; {last.Layout:F1} | {shift:F3}; {shiftAtEnd:F3} |"));
    }

    private static async Task<Sample> Read(IPage page, ICDPSession metrics)
    {
        var all = (await metrics.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray()
            .ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("value").GetDouble(), StringComparer.Ordinal);
        var bench = await page.EvaluateAsync<Dictionary<string, double>>("window.bench");
        return new Sample(bench["frames"], all["ScriptDuration"] * 1000, all["RecalcStyleDuration"] * 1000, all["LayoutDuration"] * 1000, bench["shift"]);
    }

    /// <summary>Sums since the start of the page; of a difference, the means of a frame.</summary>
    private readonly record struct Sample(double Frames, double Script, double Style, double Layout, double Shift)
    {
        public double Total => Script + Style + Layout;

        public Sample Since(Sample other)
        {
            var frames = Math.Max(1, Frames - other.Frames);
            return new Sample(frames, (Script - other.Script) / frames, (Style - other.Style) / frames, (Layout - other.Layout) / frames, Shift - other.Shift);
        }
    }
}
