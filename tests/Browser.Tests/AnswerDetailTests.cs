using GeminiChat.Fakes;
using GeminiChat.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>What is shown with an answer, and how the user chooses the way in which it is made.</summary>
[Collection(ChatCollection.Name)]
public sealed class AnswerDetailTests(BrowserFixture site)
{
    [Fact]
    public async Task Thinking_is_shown_as_it_comes_and_folded_when_the_answer_starts()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Send("a riddle");

        await hold.PlayPart(Script.Thought("Let me think. "));
        await Expect(page.Answers().Thoughts()).ToHaveAttributeAsync("open", "");
        await Expect(page.Answers().Thoughts().Locator("summary")).ToContainTextAsync("Thinking");
        await Expect(page.Answers().Thoughts().Locator("p")).ToHaveTextAsync("Let me think. ");
        await page.ReloadAsync();
        await hold.PlayPart(Script.Thought("It is <b>a</b> river."));
        await Expect(page.Answers().Thoughts().Locator("p")).ToHaveTextAsync("Let me think. It is <b>a</b> river.");
        await Expect(page.Answers().Content()).ToBeHiddenAsync();

        await hold.SendText("A river");
        await Expect(page.Answers().Thoughts()).Not.ToHaveAttributeAsync("open", "");
        await Expect(page.Answers().Content()).ToHaveTextAsync("A river");
        await hold.Finish();
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await page.Answers().Thoughts().Locator("summary").ClickAsync();
        await Expect(page.Answers().Thoughts().Locator("p")).ToHaveTextAsync("Let me think. It is <b>a</b> river.");
    }

    [Fact]
    public async Task The_seconds_of_thinking_are_told()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Thought("Hm.").Then(Script.Words("Yes")));

        await page.Send("really?");

        await Expect(page.Answers().Thoughts().Locator("summary")).ToContainTextAsync("Thought for ");
        await page.ReloadAsync();
        await Expect(page.Answers().Thoughts().Locator("summary")).ToHaveTextAsync("Thoughts");
    }

    [Fact]
    public async Task Sources_are_listed_and_marked_in_the_text()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Grounded("Łódź is *in* [Poland](https://maps.example). 😀 It rains.", new()
        {
            Queries = ["weather in Łódź"],
            Sources = [("https://a.example/", "a.example"), ("https://b.example/", "b.example")],
            Supports = [("Łódź is *in* [Poland](https://maps.example).", [0]), ("It rains.", [0, 1])],
        }));
        await page.GetByLabel("Search the web").CheckAsync();

        await page.Send("the weather?");

        await Expect(page.Answers().Content()).ToHaveTextAsync("Łódź is in Poland1. 😀 It rains12.");
        await Expect(page.Answers().Locator(".marks a").First).ToHaveAttributeAsync("href", "https://a.example/");
        await Expect(page.Answers().Locator(".sources li")).ToHaveTextAsync(["a.example", "b.example"]);
        Assert.Contains("googleSearch", site.Gemini.Calls.Requests[^1].Tools);
    }

    [Fact]
    public async Task Search_suggestions_look_as_Google_wants_and_lead_to_a_new_tab()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Grounded("It rains.", new() { Queries = ["weather"], RenderedContent = null }));
        await page.GetByLabel("Search the web").CheckAsync();
        await page.Send("the weather?");

        var frame = page.FrameLocator(".suggestions");

        await Expect(frame.Locator(".container")).ToHaveCSSAsync("display", "flex");
        await Expect(frame.Locator(".chip")).ToHaveTextAsync("weather");
        await page.Context.RouteAsync("https://www.google.com/**", route => route.FulfillAsync(new() { Body = "found" }));
        var tab = await page.RunAndWaitForPopupAsync(() => frame.Locator(".chip").ClickAsync());
        Assert.StartsWith("https://www.google.com/search?q=weather", tab.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_runs_in_the_frame_of_search_suggestions()
    {
        await using var device = await site.NewDevice();
        device.ExpectedError = "Blocked script execution in 'about:srcdoc'";
        var page = await device.SignIn();
        await page.EvaluateAsync("() => { window.isAttacked = false; }");
        const string Attack = "<p id=mark>here</p><script>top.isAttacked = true</script><a href=\"javascript:top.isAttacked = true\">press</a>";
        site.Gemini.EnqueueReplies(Script.Grounded("It rains.", new() { RenderedContent = Attack }));
        await page.GetByLabel("Search the web").CheckAsync();
        await page.Send("the weather?");

        await Expect(page.FrameLocator(".suggestions").Locator("#mark")).ToHaveTextAsync("here");

        Assert.False(await page.EvaluateAsync<bool>("isAttacked"));
    }

    [Fact]
    public async Task The_limit_of_web_searches_does_not_look_like_that_of_messages()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await site.Start(folder, ("BASIC_SEARCH_QUERIES", "1"));
        await using var device = await site.NewDevice(gateway);
        var page = await device.SignIn();
        await page.GetByLabel("Search the web").CheckAsync();
        site.Gemini.EnqueueReplies(Script.Grounded("It rains.", new() { Queries = ["weather"] }));
        await page.Ask("the weather?");

        await page.Send("and tomorrow?");

        await Expect(page.Locator("#send-error")).ToContainTextAsync("You have reached today’s limit of web searches (1).");
        await page.GetByLabel("Search the web").UncheckAsync();
        await page.Send("and tomorrow?");
        await Expect(page.Answers()).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task The_model_the_effort_and_the_search_are_chosen_below_the_message()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await site.Start(folder, ("GEMINI_MODELS", "gemini-3.8-flash,gemini-2.5-flash"));
        await using var device = await site.NewDevice(gateway);
        var page = await device.SignIn();
        await page.Ask("first");
        Assert.Equal("gemini-3.8-flash", site.Gemini.Calls.Requests[^1].Model);

        var options = page.Locator("#open-options");
        await options.ClickAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "Gemini 2.5 Flash" }).CheckAsync(new() { Force = true });
        await Expect(page.Locator("#option-menu")).ToBeHiddenAsync();

        // By the keyboard, a choice leaves the menu open.
        await options.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Radio, new() { Name = "Default" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(options).ToHaveTextAsync("Gemini 2.5 Flash · Low");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#option-menu")).ToBeHiddenAsync();
        await Expect(options).ToBeFocusedAsync();
        await page.GetByLabel("Search the web").CheckAsync();
        await page.Ask("second");
        await Expect(page.Answers()).ToHaveCountAsync(2);
        var request = site.Gemini.Calls.Requests[^1];
        Assert.Equal("gemini-2.5-flash", request.Model);
        Assert.Contains("googleSearch", request.Tools);
        Assert.True(request.ThinkingConfig?.TryGetProperty("thinkingBudget", out _));

        await page.ReloadAsync();
        await Expect(options).ToHaveTextAsync("Gemini 2.5 Flash · Low");
        await Expect(page.GetByLabel("Search the web")).ToBeCheckedAsync();
        await page.Answers().Last.Button("Regenerate").ClickAsync();
        await Expect(page.Answers().Last).ToContainTextAsync("2/2");
        await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        Assert.Equal("gemini-2.5-flash", site.Gemini.Calls.Requests[^1].Model);
    }
}
