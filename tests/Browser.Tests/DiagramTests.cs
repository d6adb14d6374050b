using System.Text.RegularExpressions;
using GeminiChat.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>Blocks of Mermaid: their source, and the diagram that a button shows.</summary>
[Collection(ChatCollection.Name)]
public sealed partial class DiagramTests(BrowserFixture site)
{
    [GeneratedRegex("^[1-9][0-9]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PositiveNumber { get; }

    [Fact]
    public async Task A_diagram_is_drawn_in_a_sandbox_and_hidden_again()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Answer(page, "graph TD\n  first[Begin] --> last[Finish]");
        await Expect(Frame(page)).ToHaveCountAsync(0);

        await page.Button("Show diagram").ClickAsync();

        var drawing = page.FrameLocator("iframe.diagram").Locator("svg");
        await Expect(drawing).ToBeVisibleAsync();
        await Expect(drawing).ToContainTextAsync("Begin");
        await Expect(drawing).ToContainTextAsync("Finish");
        await Expect(page.Answers().Locator("pre")).ToBeVisibleAsync();

        // As high as the drawing, so that nothing in it scrolls.
        await Expect(Frame(page)).ToHaveAttributeAsync("height", PositiveNumber);
        Assert.Equal("allow-scripts", await Frame(page).GetAttributeAsync("sandbox"));
        var inside = page.Frames.Single(frame => frame.ParentFrame is not null);
        Assert.Equal("null", await inside.EvaluateAsync<string>("origin"));
        Assert.True(await inside.EvaluateAsync<bool>("() => { try { return !localStorage; } catch { return true; } }"));

        await page.Button("Hide diagram").ClickAsync();
        await Expect(Frame(page)).ToHaveCountAsync(0);
        await Expect(page.Button("Show diagram")).ToHaveAttributeAsync("aria-expanded", "false");
    }

    [Fact]
    public async Task A_diagram_that_cannot_be_drawn_says_so_above_its_source()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Answer(page, "graph TD\n  first --");

        await page.Button("Show diagram").ClickAsync();

        await Expect(page.Locator(".code .state")).ToHaveTextAsync("This diagram cannot be drawn.");
        await Expect(Frame(page)).ToHaveCountAsync(0);
        await Expect(page.Answers().Locator("pre")).ToContainTextAsync("first --");
        await page.Button("Hide diagram").ClickAsync();
        await Expect(page.Locator(".code .state")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_block_whose_language_comes_later_gets_the_button_and_loses_it_again()
    {
        await using var device = await site.NewDevice();
        var (page, reply) = await site.BeginReply(device, "A plan:\n\n```");
        await Expect(page.Answers().Locator("pre")).ToHaveCountAsync(1);
        await Expect(page.Button("Show diagram")).ToHaveCountAsync(0);

        await reply.SendText("mermaid");
        await Expect(page.Button("Show diagram")).ToHaveCountAsync(1);
        await reply.SendText("-like");
        await Expect(page.Button("Show diagram")).ToHaveCountAsync(0);
        await reply.SendText("\nno diagram\n```\n\n- ```");
        await Expect(page.Answers().Locator("pre")).ToHaveCountAsync(2);
        await reply.SendText("mermaid\n  graph TD\n  ```\n");
        await reply.Finish();

        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Answers().Locator("li").Button("Show diagram")).ToHaveCountAsync(1);
        await Expect(page.Button("Show diagram")).ToHaveCountAsync(1);
    }

    private static ILocator Frame(IPage page) => page.Locator("iframe.diagram");

    private async Task Answer(IPage page, string source)
    {
        site.Gemini.EnqueueReplies(Script.Chunks($"A plan:\n\n```mermaid\n{source}\n```\n").Then(Script.Finish()));
        await page.Ask("draw a plan");
    }
}
