using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace GeminiChat.Browser.Tests;

/// <summary>Checks the visible page with axe, and checks sizes, widths, headings and live regions, which axe does not check.</summary>
internal static class AccessibilityAudit
{
    /// <summary>A function that returns the faults. The least size is that of WCAG 2.2, 2.5.8.</summary>
    private const string Script = """
        () => {
          const faults = [];
          const isSeen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".visually-hidden");
          const describe = (e) => `${e.tagName}#${e.id}.${e.className} "${(e.textContent || "").slice(0, 30)}"`;
          for (const e of document.querySelectorAll("button, summary, .button")) {
            const { width, height } = e.getBoundingClientRect();
            if (isSeen(e) && e.id !== "skip" && Math.min(width, height) < 24) faults.push(`too small to press, ${width} by ${height}: ${describe(e)}`);
          }
          const mains = [...document.querySelectorAll("main")].filter(isSeen);
          if (mains.length !== 1 || mains[0].querySelectorAll("h1").length !== 1) faults.push("not one main part with one heading");
          // What is in an answer is the model's choice; it begins below the page's own.
          for (const heading of document.querySelectorAll(".content :is(h1, h2)")) faults.push(`not below the page's headings: ${describe(heading)}`);
          for (const live of ["#announcer[role=status]", "#send-error[role=alert]", "#sign-in-error[role=alert]"]) {
            if (!document.querySelector(live)) faults.push(`not told to screen readers: ${live}`);
          }
          for (const place of [document.documentElement, ...document.querySelectorAll("#scroller, #drawer, dialog")]) {
            if (isSeen(place) && place.scrollWidth > place.clientWidth) faults.push(`wider than it may be: ${describe(place)}`);
          }
          return faults;
        }
        """;

    // Headings in answers are the model's choice. Frames of search suggestions are Google's.
    private const string RunAxe = """
        async () => {
          const options = { resultTypes: ["violations"], iframes: false, rules: { "heading-order": { enabled: false } } };
          const { violations } = await axe.run(document, options);
          return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
        }
        """;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>Fails if the page, as it is now, has a fault.</summary>
    public static async Task AssertNoFaults(IPage page)
    {
        // The package's own RunAxe opens a second page, which puts this one behind it.
        if (!await page.EvaluateAsync<bool>("typeof axe === 'object'"))
        {
            await page.EvaluateAsync(Axe + "\n;0");
        }

        string[] faults = [.. await page.EvaluateAsync<string[]>(Script), .. await page.EvaluateAsync<string[]>(RunAxe)];
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }
}
