using GeminiChat.Fakes;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The versions of questions and answers. What is shown is what the model is told.</summary>
[Collection(ChatCollection.Name)]
public sealed class BranchTests(BrowserFixture site)
{
    [Fact]
    public async Task All_versions_of_an_answer_can_be_chosen()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Words("one"), Script.Words("two"));
        await page.Ask("a question");
        await Expect(page.Button("Previous answer")).ToHaveCountAsync(0);
        await page.Button("Regenerate").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("two");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Button("Regenerate").ClickAsync();
        await hold.SendText("thr");
        await Expect(page.Answers().Content()).ToHaveTextAsync("thr");
        await Expect(page.Answers()).ToContainTextAsync("3/3");

        // The keyboard goes back and forth without losing its place.
        await page.Button("Previous answer").PressAsync("Enter");
        await Expect(page.Answers().Content()).ToHaveTextAsync("two");
        await Expect(page.Answers()).ToContainTextAsync("2/3");
        await Expect(page.Locator("#composer").Button("Stop")).ToBeVisibleAsync();
        await Expect(page.Button("Previous answer")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Answers().Content()).ToHaveTextAsync("one");
        await Expect(page.Button("Previous answer")).ToBeDisabledAsync();
        await Expect(page.Button("Regenerate")).ToHaveCountAsync(0);
        await hold.SendText("ee");
        await hold.Finish();
        await Expect(page.Locator("#composer").Button("Stop")).ToBeHiddenAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("one");

        await page.ReloadAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("one");
        await page.Button("Next answer").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("two");
        site.Gemini.EnqueueReplies(Script.Words("four"));
        await page.Button("Regenerate").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("four");
        await Expect(page.Answers()).ToContainTextAsync("4/4");
        await Expect(page.Answers()).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_model_is_told_the_shown_version_of_an_answer()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Words("one"), Script.Words("two"));
        await page.Ask("a question");
        await page.Button("Regenerate").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("two");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await page.Button("Previous answer").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("one");

        await page.Send("go on");

        await Expect(page.Answers().Content()).ToHaveTextAsync(["one", "ok"]);
        await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        Assert.Equal(["a question", "one", "go on"], LastTurns());

        // The other version is another branch, without what came after.
        await page.Button("Next answer").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync(["two"]);
        await Expect(page.Questions()).ToHaveTextAsync(["a question"]);
    }

    [Fact]
    public async Task An_edited_question_is_answered_on_a_branch_of_its_own()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Words("red"), Script.Words("round"), Script.Words("blue"));
        await page.Ask("a colour");
        await page.Ask("a shape");

        var question = page.Locator(".message.user").First;
        await question.Button("Edit").PressAsync("Enter");
        await Expect(page.Field("Change this question")).ToHaveValueAsync("a colour");
        await page.Keyboard.PressAsync("Escape");
        await Expect(question.Button("Edit")).ToBeFocusedAsync();
        await question.Button("Edit").ClickAsync();
        await page.Field("Change this question").FillAsync("another colour");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Questions()).ToHaveTextAsync(["another colour"]);
        await Expect(page.Answers().Content()).ToHaveTextAsync(["blue"]);
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        Assert.Equal(["another colour"], LastTurns());
        await Expect(page.Locator(".message.user")).ToContainTextAsync("2/2");
        await page.Button("Previous question").ClickAsync();
        await Expect(page.Questions()).ToHaveTextAsync(["a colour", "a shape"]);
        await Expect(page.Answers().Content()).ToHaveTextAsync(["red", "round"]);

        // A message that is sent meanwhile waits for the choice.
        await page.Button("Next question").ClickAsync();
        await page.Send("and now?");
        await Expect(page.Questions()).ToHaveTextAsync(["another colour", "and now?"]);
        await Expect(page.Answers().Content()).ToHaveTextAsync(["blue", "ok"]);
        await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        Assert.Equal(["another colour", "blue", "and now?"], LastTurns());
    }

    [Fact]
    public async Task An_edit_that_is_refused_keeps_its_text()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("a question");
        await page.RouteAsync(
            "**/edit",
            route => route.FulfillAsync(new() { Status = 429, ContentType = "application/problem+json", Body = """{"detail": "Too many at once."}""" }),
            new() { Times = 1 });
        await page.Button("Edit").ClickAsync();
        await page.Field("Change this question").FillAsync("a better question");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#send-error")).ToHaveTextAsync("That was too much at once.");
        await Expect(page.Field("Change this question")).ToHaveValueAsync("a better question");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Questions()).ToHaveTextAsync("a better question");
        await Expect(page.Locator("#send-error")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task A_choice_on_another_device_is_shown()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Words("first"), Script.Words("second"));
        await one.Ask("a question");
        var two = await device.Open(one.PathAndFragment());
        await Expect(two.Answers().Content()).ToHaveTextAsync("first");

        await one.Button("Edit").ClickAsync();
        await one.Field("Change this question").FillAsync("another question");
        await one.Keyboard.PressAsync("Enter");
        await Expect(two.Questions()).ToHaveTextAsync("another question");
        await Expect(two.Answers().Content()).ToHaveTextAsync("second");
        await Expect(two.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await two.Button("Previous question").ClickAsync();

        await Expect(one.Questions()).ToHaveTextAsync("a question");
        await Expect(one.Answers().Content()).ToHaveTextAsync("first");
        await one.Send("go on");
        await Expect(two.Questions()).ToHaveTextAsync(["a question", "go on"]);
        await Expect(two.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
    }

    [Fact]
    public async Task A_link_to_an_old_message_shows_it_and_the_newest_ones_are_a_button_away()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("message 0");
        var room = page.RoomId();
        await page.Locator("#new-chat").ClickAsync();
        await page.PostInRoom(room, Enumerable.Range(1, 44).Select(number => $"message {number}"));

        await page.GotoAsync($"/#/{room}/3");

        await Expect(page.Questions().Nth(1)).ToHaveTextAsync("message 1");
        await Expect(page.Questions().Nth(1)).ToBeInViewportAsync();
        await Expect(page.Locator(".message.user").Nth(1)).ToBeFocusedAsync();
        Assert.Equal($"/#/{room}", page.PathAndFragment());
        await page.Locator(".message.user").Nth(1).Button("Edit").ClickAsync();
        await page.Field("Change this question").FillAsync("another message");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Questions()).ToHaveTextAsync(["message 0", "another message"]);
        await page.Button("Previous question").ClickAsync();
        await Expect(page.Questions().Nth(1)).ToHaveTextAsync("message 1");
        await Expect(page.Questions().Nth(1)).ToBeInViewportAsync();
        await page.Button("Show the newest messages").ClickAsync();
        await Expect(page.Questions().Last).ToHaveTextAsync("message 44");
        await Expect(page.Questions().Last).ToBeInViewportAsync();
        await Expect(page.Button("Show the newest messages")).ToBeHiddenAsync();
    }

    private IEnumerable<string> LastTurns() => site.Gemini.Calls.Requests[^1].Turns.Select(turn => turn.Text);
}
