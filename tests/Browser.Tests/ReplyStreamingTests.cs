using GeminiChat.Fakes;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

[Collection(ChatCollection.Name)]
public sealed class ReplyStreamingTests(BrowserFixture site)
{
    [Fact]
    public async Task A_reload_during_a_reply_resumes_the_stream()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Send("count");
        await hold.SendText("one ");
        await Expect(page.Answers().Content()).ToHaveTextAsync("one ");

        await page.ReloadAsync();

        await Expect(page.Answers().StatusLine()).ToHaveTextAsync("Writing");
        await hold.SendText("two ");
        await Expect(page.Answers().Content()).ToHaveTextAsync("one two ");
        await hold.SendText("**three**");
        await hold.Finish();
        await Expect(page.Answers().Content().Locator("strong")).ToHaveTextAsync("three");
        await Expect(page.Questions()).ToHaveTextAsync("count");
    }

    [Fact]
    public async Task Two_tabs_show_the_same_state()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        await one.Send("first");
        await Expect(one.Answers().Content()).ToHaveTextAsync("ok");
        var two = await device.Open(one.PathAndFragment());
        await Expect(two.Answers().Content()).ToHaveTextAsync("ok");
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);

        await one.Send("second");
        await hold.SendText("both ");

        await Expect(two.Questions()).ToHaveTextAsync(["first", "second"]);
        await Expect(two.Answers().Last.Content()).ToHaveTextAsync("both ");
        await hold.Finish();
        await Expect(two.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        await two.ChooseRoomMenuItem("Rename");
        await two.Locator("#ask-value").FillAsync("shared");
        await two.Locator("#ask").Button("Rename").ClickAsync();
        await Expect(one.Locator("#title")).ToHaveTextAsync("shared");
        await one.ChooseRoomMenuItem("Delete");
        await one.Locator("#ask").Button("Delete").ClickAsync();
        await Expect(two.Rooms()).ToHaveCountAsync(0);
        await Expect(two.Locator("#title")).ToHaveTextAsync("New chat");
        await one.ChooseAccountMenuItem("Sign out");
        await Expect(two.GetByLabel("Mobile number")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Stopping_keeps_what_was_written_and_regenerating_puts_another_answer_in_its_place()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Send("a story");
        await hold.SendText("Once upon");
        await Expect(page.Answers().Content()).ToHaveTextAsync("Once upon");

        await page.Keyboard.PressAsync("Escape");

        await Expect(page.Answers().StatusLine()).ToHaveTextAsync("Stopped. What was written until then is kept.");
        await Expect(page.Answers().Content()).ToHaveTextAsync("Once upon");
        site.Gemini.EnqueueReplies(Script.Words("Another one"));
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
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Send("one");
        await Expect(page.Questions()).ToHaveCountAsync(1);
        await hold.SendText("1");
        await page.Send("two");
        await Expect(page.Questions()).ToHaveCountAsync(2);
        await page.Send("three");

        await Expect(page.Answers().Nth(2).StatusLine()).ToHaveTextAsync("Queued: 2 answers ahead of this one");
        await page.Answers().Nth(1).Button("Cancel").ClickAsync();
        await Expect(page.Answers().Nth(1).StatusLine()).ToHaveTextAsync("Stopped before anything was written.");
        await Expect(page.Answers().Nth(2).StatusLine()).ToHaveTextAsync("Queued: 1 answer ahead of this one");
        await hold.Finish();
        await Expect(page.Answers().Nth(2).Content()).ToHaveTextAsync("ok");
    }

    [Fact]
    public async Task An_answer_that_ends_early_or_failed_says_why_and_can_be_tried_again()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Chunks("Half an ").Then(Script.ConnectionClosed()), Script.Garbage(), Script.Words("The whole answer"));
        await page.Send("a question");

        await Expect(page.Answers().StatusLine()).ToHaveTextAsync("This answer ends early. The model broke off before the end of its answer.");
        await Expect(page.Answers().Content()).ToHaveTextAsync("Half an ");
        await page.Answers().Button("Regenerate").ClickAsync();
        await Expect(page.Answers().StatusLine()).ToHaveTextAsync("There is no answer. The model sent something that could not be understood.");
        await page.Answers().Button("Try again").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("The whole answer");
        await Expect(page.Answers()).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Older_messages_come_when_scrolled_to()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("message 0");
        var room = page.PathAndFragment();

        // Past the page, which would show each of them at once.
        await page.Locator("#new-chat").ClickAsync();
        await page.PostInRoom(room.Split('/')[^1], Enumerable.Range(1, 29).Select(number => $"message {number}"));
        await page.GotoAsync(room);
        await page.ReloadAsync();
        await Expect(page.Answers()).ToHaveCountAsync(25);
        await page.Locator("#scroller").EvaluateAsync("scroller => { scroller.scrollTop = 0; }");

        await Expect(page.Questions()).ToHaveCountAsync(30);
        await Expect(page.Questions().First).ToHaveTextAsync("message 0");
        await Expect(page.Questions().First).Not.ToBeInViewportAsync();
    }

    [Fact]
    public async Task A_message_whose_response_was_lost_is_stored_once()
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
