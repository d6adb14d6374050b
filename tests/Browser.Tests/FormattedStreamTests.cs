using GeminiChat.Fakes;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>Answers that are formatted while they are written.</summary>
[Collection(ChatCollection.Name)]
public sealed class FormattedStreamTests(BrowserFixture site)
{
    [Fact]
    public async Task Finished_blocks_and_the_last_one_stay_the_same_to_the_end()
    {
        await using var device = await site.NewDevice();
        var (page, hold) = await site.BeginReply(device, "# Plan\n\nSome *words*.\n\n- one\n- tw");
        await Expect(page.Answers().Content().Locator("li")).ToHaveTextAsync(["one", "tw"]);
        await page.EvaluateAsync("() => document.querySelectorAll('.ai .content, .ai .content *').forEach((e) => { e.isMarked = true; })");

        await hold.SendText("o\n- three\n\n```js\nlet a;\n");
        await Expect(page.Answers().Content().Locator("pre")).ToHaveTextAsync("let a;");
        await page.EvaluateAsync("() => { document.querySelector('.ai pre').isMarked = true; }");
        await hold.SendText("let b;\n```\n\nEnd.");
        await hold.Finish();

        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Answers().Content().Locator("pre")).ToHaveTextAsync("let a; let b;");
        Assert.Equal("DIV H3 P EM UL LI LI PRE", await page.EvaluateAsync<string>(
            "[...document.querySelectorAll('.ai .content, .ai .content *')].filter((e) => e.isMarked).map((e) => e.tagName).join(' ')"));
        await Expect(page.Answers().Content().Locator("li")).ToHaveTextAsync(["one", "two", "three"]);
    }

    [Theory]
    [InlineData("p", "Some words")]
    [InlineData("pre", "let a;")]
    public async Task A_selection_survives_what_comes_after_it(string place, string text)
    {
        await using var device = await site.NewDevice();
        var (page, hold) = await site.BeginReply(device, "Some words.\n\n```js\nlet a;\n");
        await Expect(page.Answers().Content().Locator("pre")).ToHaveTextAsync("let a;");
        await page.EvaluateAsync(
            """
            ({ place, text }) => {
              const nodes = document.createTreeWalker(document.querySelector(`.ai .content ${place}`), NodeFilter.SHOW_TEXT);
              const first = nodes.nextNode();
              let last = first;
              for (let node; (node = nodes.nextNode()); ) if (node.data.trim()) last = node;
              const end = last === first ? text.length : last.data.trimEnd().length;
              getSelection().setBaseAndExtent(first, 0, last, end);
            }
            """,
            new { place, text });

        await hold.SendText("let b;\n");
        await Expect(page.Answers().Content().Locator("pre")).ToContainTextAsync("let b;");
        await hold.SendText("```\n\nEnd.");
        await hold.Finish();

        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        Assert.Equal(text, await page.EvaluateAsync<string>("getSelection().toString()"));
    }

    [Fact]
    public async Task A_wide_table_stays_where_it_is_scrolled_to()
    {
        await using var device = await site.NewDevice();
        var row = string.Concat(Enumerable.Repeat("| a-rather-long-cell ", 30)) + "|\n";
        var (page, hold) = await site.BeginReply(device, row + string.Concat(Enumerable.Repeat("|---", 30)) + "|\n" + row);
        var table = page.Answers().Locator(".wide");
        await Expect(table.Locator("tr")).ToHaveCountAsync(2);
        await table.EvaluateAsync("(table) => { table.scrollLeft = 500; }");

        await hold.SendText(row + row + "\nEnd.");
        await Expect(table.Locator("tr")).ToHaveCountAsync(4);
        await hold.Finish();

        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        Assert.Equal(500, await table.EvaluateAsync<int>("(table) => table.scrollLeft"));
    }

    [Fact]
    public async Task A_reload_in_the_middle_goes_on_formatted()
    {
        await using var device = await site.NewDevice();
        var (page, hold) = await site.BeginReply(device, "# Plan\n\nSome *wor");
        await Expect(page.Answers().Content().Locator("h3")).ToHaveTextAsync("Plan");

        await page.ReloadAsync();

        await Expect(page.Answers().Content().Locator("h3")).ToHaveTextAsync("Plan");
        await hold.SendText("ds*");
        await Expect(page.Answers().Content().Locator("em")).ToHaveTextAsync("words");
        await hold.Finish();
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
    }

    [Fact]
    public async Task Text_without_its_HTML_is_shown_as_it_is_until_the_HTML_comes()
    {
        const string Beginning = """
            event: token
            id: 1-6
            data: {"type":"token","text":"first "}

            event: html
            data: {"type":"html","block":0,"keep":0,"html":"<p>first</p>\n","blocks":1}

            event: token
            id: 1-12
            data: {"type":"token","text":"second"}


            """;
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var next = new TaskCompletionSource();
        var streams = 0;
        await page.RouteAsync("**/stream?render=html*", async route =>
        {
            if (streams++ == 0)
            {
                await route.FulfillAsync(new() { ContentType = "text/event-stream", Body = Beginning });
                return;
            }

            await next.Task;
            await route.ContinueAsync();
        });
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Send("a question");
        await hold.SendText("first second **third**");

        await Expect(page.Answers().Content()).ToHaveTextAsync("first second");
        await Expect(page.Answers().Content().Locator("p")).ToHaveCountAsync(0);

        next.SetResult();
        await Expect(page.Answers().Content().Locator("p strong")).ToHaveTextAsync("third");
        await hold.Finish();
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Answers().Content()).ToHaveTextAsync("first second third");
    }

    [Fact]
    public async Task Text_whose_HTML_does_not_come_is_there_at_the_end()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.RouteAsync("**/stream?render=html*", async route =>
        {
            var answer = await route.FetchAsync();
            var events = (await answer.TextAsync()).Split("\n\n");
            var first = events.FirstOrDefault(IsHtml);
            var kept = events.Where(one => !IsHtml(one) || one == first).Select(static one =>
                one.IndexOf(",\"content_html\"", StringComparison.Ordinal) is > 0 and var at ? one[..at] + "}" : one);
            await route.FulfillAsync(new() { Response = answer, Body = string.Join("\n\n", kept) });
        });
        await page.RouteAsync("**/message/*?render=html", route => route.ContinueAsync(new() { Url = route.Request.Url.Split('?')[0] }));
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Send("a question");
        await hold.SendText("The beginning.\n\n");
        await hold.SendText("The end.");
        await hold.Finish();

        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Answers().Content()).ToContainTextAsync("The end.");
    }

    [Fact]
    public async Task Newer_HTML_takes_attributes_away_and_replaces_another_picture()
    {
        await using var device = await site.NewDevice();
        var page = await device.Open();

        var html = await page.EvaluateAsync<string>("""
            async () => {
              const { Blocks } = await import(document.querySelector("script[type=module]").src.replace("main.js", "chat/blocks.js"));
              const root = document.createElement("div");
              const blocks = new Blocks(root);
              const show = (item, list, file) => blocks.showHtml(`<ol${list}><li><input type="checkbox"${item}>a</li></ol><p><b data-file="${file}">${file}</b></p>`);
              show(" checked", ' start="3"', "one");
              const box = root.querySelector("input");
              show("", "", "two");
              root.querySelectorAll("a").forEach((picture) => picture.replaceWith(picture.title));
              return `${root.innerHTML} ${root.contains(box)} ${box.checked}`;
            }
            """);

        Assert.Equal("""<ol dir="auto"><li><input type="checkbox">a</li></ol><p dir="auto"><b data-file="two">two</b></p> true false""", html);
    }

    [Fact]
    public async Task Each_paragraph_has_the_direction_of_its_letters_and_code_has_its_own()
    {
        await using var device = await site.NewDevice();
        var (page, hold) = await site.BeginReply(device, "مرحبا بالعالم\n\nHello\n\n```\nمرحبا\n```\n");
        await hold.Finish();
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Answers().Content().Locator("p").First).ToHaveCSSAsync("direction", "rtl");
        await Expect(page.Answers().Content().Locator("p").Nth(1)).ToHaveCSSAsync("direction", "ltr");
        await Expect(page.Answers().Locator("pre")).ToHaveCSSAsync("direction", "ltr");
    }

    private static bool IsHtml(string one) => one.StartsWith("event: html", StringComparison.Ordinal);
}
