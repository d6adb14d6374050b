using GeminiChat.Played;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

[Collection(OneSite.Name)]
public sealed class LiveTests(Site site)
{
    [Fact]
    public async Task A_reload_in_the_midst_of_an_answer_reads_on()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var hold = new Hold();
        site.Gemini.Next(hold.Script);
        await page.Send("count");
        await hold.Say("one ");
        await Expect(page.Answers().Content()).ToHaveTextAsync("one ");

        await page.ReloadAsync();

        await Expect(page.Answers().State()).ToHaveTextAsync("Writing");
        await hold.Say("two ");
        await Expect(page.Answers().Content()).ToHaveTextAsync("one two ");
        await hold.Say("**three**");
        await hold.Finish();
        await Expect(page.Answers().Content().Locator("strong")).ToHaveTextAsync("three");
        await Expect(page.Questions()).ToHaveTextAsync("count");
    }

    [Fact]
    public async Task Two_tabs_are_in_step()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        await one.Send("first");
        await Expect(one.Answers().Content()).ToHaveTextAsync("ok");
        var two = await device.Open(one.Place());
        await Expect(two.Answers().Content()).ToHaveTextAsync("ok");
        var hold = new Hold();
        site.Gemini.Next(hold.Script);

        await one.Send("second");
        await hold.Say("both ");

        await Expect(two.Questions()).ToHaveTextAsync(["first", "second"]);
        await Expect(two.Answers().Last.Content()).ToHaveTextAsync("both ");
        await hold.Finish();
        await Expect(two.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        await two.Choose("Rename");
        await two.Locator("#ask-value").FillAsync("shared");
        await two.Locator("#ask").Button("Rename").ClickAsync();
        await Expect(one.Locator("#title")).ToHaveTextAsync("shared");
        await one.Choose("Delete");
        await one.Locator("#ask").Button("Delete").ClickAsync();
        await Expect(two.Rooms()).ToHaveCountAsync(0);
        await Expect(two.Locator("#title")).ToHaveTextAsync("New chat");
        await one.Button("Sign out").ClickAsync();
        await Expect(two.GetByLabel("Mobile number")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Stopping_keeps_what_was_written_and_regenerating_puts_another_answer_in_its_place()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var hold = new Hold();
        site.Gemini.Next(hold.Script);
        await page.Send("a story");
        await hold.Say("Once upon");
        await Expect(page.Answers().Content()).ToHaveTextAsync("Once upon");

        await page.Keyboard.PressAsync("Escape");

        await Expect(page.Answers().State()).ToHaveTextAsync("Stopped. What was written until then is kept.");
        await Expect(page.Answers().Content()).ToHaveTextAsync("Once upon");
        site.Gemini.Next(Script.Words("Another one"));
        await page.Answers().Button("Regenerate").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("Another one");
        await Expect(page.Answers()).ToHaveCountAsync(1);
        await page.ReloadAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("Another one");
    }

    [Fact]
    public async Task Waiting_messages_show_their_place_and_can_be_cancelled()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var hold = new Hold();
        site.Gemini.Next(hold.Script);
        await page.Send("one");
        await Expect(page.Questions()).ToHaveCountAsync(1);
        await hold.Say("1");
        await page.Send("two");
        await Expect(page.Questions()).ToHaveCountAsync(2);
        await page.Send("three");

        await Expect(page.Answers().Nth(2).State()).ToHaveTextAsync("Queued: 2 answers ahead of this one");
        await page.Answers().Nth(1).Button("Cancel").ClickAsync();
        await Expect(page.Answers().Nth(1).State()).ToHaveTextAsync("Stopped before anything was written.");
        await Expect(page.Answers().Nth(2).State()).ToHaveTextAsync("Queued: 1 answer ahead of this one");
        await hold.Finish();
        await Expect(page.Answers().Nth(2).Content()).ToHaveTextAsync("ok");
    }

    [Fact]
    public async Task An_answer_that_ends_early_or_failed_says_why_and_can_be_tried_again()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.Next(Script.Chunks("Half an ").Then(Script.Cut()), Script.Garbage(), Script.Words("The whole answer"));
        await page.Send("a question");

        await Expect(page.Answers().State()).ToHaveTextAsync("This answer ends early. The model broke off before the end of its answer.");
        await Expect(page.Answers().Content()).ToHaveTextAsync("Half an ");
        await page.Answers().Button("Regenerate").ClickAsync();
        await Expect(page.Answers().State()).ToHaveTextAsync("There is no answer. The model sent something that could not be understood.");
        await page.Answers().Button("Try again").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("The whole answer");
        await Expect(page.Answers()).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Older_messages_come_when_scrolled_to()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Send("message 0");
        for (var number = 1; number < 30; number++)
        {
            await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
            await Expect(page.Answers()).ToHaveCountAsync(number);
            await page.Send($"message {number}");
        }

        await Expect(page.Answers()).ToHaveCountAsync(30);
        await page.ReloadAsync();
        await Expect(page.Answers()).ToHaveCountAsync(25);
        await page.Locator("#scroller").EvaluateAsync("scroller => { scroller.scrollTop = 0; }");

        await Expect(page.Questions()).ToHaveCountAsync(30);
        await Expect(page.Questions().First).ToHaveTextAsync("message 0");
        await Expect(page.Questions().First).Not.ToBeInViewportAsync();
    }

    [Fact]
    public async Task A_send_whose_answer_was_lost_is_sent_once()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Send("first");
        await Expect(page.Answers().Content()).ToHaveTextAsync("ok");
        var keys = new List<string>();
        await page.RouteAsync("**/message", async route =>
        {
            keys.Add(route.Request.Headers["idempotency-key"]);
            var answer = await route.FetchAsync();
            await (keys.Count == 1 ? route.AbortAsync() : route.FulfillAsync(new() { Response = answer }));
        });

        await page.Send("second");

        await Expect(page.GetByLabel("Your message")).ToHaveValueAsync("");
        await Expect(page.Questions()).ToHaveTextAsync(["first", "second"]);
        await Expect(page.Answers().Content()).ToHaveTextAsync(["ok", "ok"]);
        Assert.Equal(2, keys.Count);
        Assert.Equal(keys[0], keys[1]);
    }
}
