using System.Text.Json;
using GeminiChat.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>What can be done with a room, its messages and the user's own name.</summary>
[Collection(BrowserCollection.Name)]
public sealed class RoomScreenTests(BrowserFixture site)
{
    [Fact]
    public async Task Messages_and_code_are_copied_as_they_were_written()
    {
        const string Markdown = "Use **this**:\n\n```csharp\nvar x = 1;\n  x++;\n```\n\nand no more";
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Chunks(Markdown).Then(Script.Finish()));
        await page.Send("how\nthen?");

        await page.Button("Copy code").ClickAsync();
        await Expect(page.Button("Copied")).ToBeVisibleAsync();
        Assert.Equal("var x = 1;\n  x++;\n", await page.Clipboard());
        await page.Answers().Button("Copy").ClickAsync();
        await Expect(page.Button("Copied")).ToHaveCountAsync(2);
        Assert.Equal(Markdown, await page.Clipboard());
        await page.Locator(".message.user").Button("Copy").ClickAsync();
        await Expect(page.Button("Copied")).ToHaveCountAsync(3);
        Assert.Equal("how\nthen?", await page.Clipboard());
        await Expect(page.Button("Copy code")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Instructions_are_kept_and_go_to_the_model()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Send("first");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await page.ChooseRoomMenuItem("Instructions");
        await Expect(page.Field("Instructions")).ToHaveValueAsync("");
        await page.Field("Instructions").FillAsync("Be brief.\nBe kind.");
        await page.RouteAsync("**/chatroom/*", route => route.AbortAsync(), new() { Times = 1 });
        await page.Button("Save").ClickAsync();

        await Expect(page.Locator("#ask-text")).ToHaveTextAsync("The server cannot be reached. Check the connection.");
        await Expect(page.Field("Instructions")).ToHaveValueAsync("Be brief.\nBe kind.");
        await Save(page);
        await page.Send("second");
        await Expect(page.Answers()).ToHaveCountAsync(2);
        await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        Assert.Equal("Be brief.\nBe kind.", site.Gemini.Calls.Requests[^1].System);

        await page.ChooseRoomMenuItem("Instructions");
        await Expect(page.Field("Instructions")).ToHaveValueAsync("Be brief.\nBe kind.");
        await page.Field("Instructions").FillAsync("");
        await Save(page);
        await page.Send("third");
        await Expect(page.Answers()).ToHaveCountAsync(3);
        await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        Assert.Null(site.Gemini.Calls.Requests[^1].System);
    }

    [Fact]
    public async Task All_versions_of_an_answer_can_be_looked_at()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Words("one"), Script.Words("two"));
        await page.Send("a question");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Button("Previous answer")).ToHaveCountAsync(0);
        await page.Button("Regenerate").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("two");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Button("Regenerate").ClickAsync();
        await hold.SendText("thr");
        await Expect(page.Answers().Content()).ToHaveTextAsync("thr");
        await Expect(page.Answers()).ToContainTextAsync("3 of 3");

        // The keyboard goes back and forth without losing its place.
        await page.Button("Previous answer").PressAsync("Enter");
        await Expect(page.Answers().Content()).ToHaveTextAsync("two");
        await Expect(page.Answers()).ToContainTextAsync("2 of 3");
        await Expect(page.Locator("#composer").Button("Stop")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Answers().Content()).ToHaveTextAsync("one");
        await Expect(page.Button("Previous answer")).ToBeDisabledAsync();
        await Expect(page.Button("Regenerate")).ToHaveCountAsync(0);
        await hold.SendText("ee");
        await hold.Finish();
        await Expect(page.Locator("#composer").Button("Stop")).ToBeHiddenAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("one");
        await page.Button("Next answer").ClickAsync();
        await page.Button("Next answer").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("three");

        await page.ReloadAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("three");
        await page.Button("Previous answer").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("two");
        site.Gemini.EnqueueReplies(Script.Words("four"));
        await page.Button("Next answer").ClickAsync();
        await page.Button("Regenerate").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("four");
        await Expect(page.Answers()).ToContainTextAsync("4 of 4");
        await Expect(page.Answers()).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Sending_a_message_shows_the_reply_version_that_is_in_the_context()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var note = page.GetByText("The conversation goes on from the newest one.");
        site.Gemini.EnqueueReplies(Script.Words("one"), Script.Words("two"), Script.Words("three"));
        await page.Send("a question");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await page.Button("Regenerate").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("two");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(note).ToBeHiddenAsync();
        await page.Button("Previous answer").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("one");
        await Expect(note).ToBeVisibleAsync();

        // At once, not only when the server has answered.
        var isShown = new TaskCompletionSource();
        await page.RouteAsync("**/message", async route =>
        {
            await isShown.Task;
            await route.ContinueAsync();
        });
        await page.Send("go on");
        await Expect(page.Answers().Content()).ToHaveTextAsync("two");
        await Expect(note).ToBeHiddenAsync();
        isShown.SetResult();

        await Expect(page.Answers()).ToHaveCountAsync(2);
        await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Answers().First.Content()).ToHaveTextAsync("two");
        Assert.Equal(["a question", "two", "go on"], site.Gemini.Calls.Requests[^1].Turns.Select(turn => turn.Text));
    }

    [Fact]
    public async Task A_chosen_older_version_stays_while_older_messages_load()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Words("one"), Script.Words("two"), Script.Words("three"));
        await page.Send("a question");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        foreach (var answer in (string[])["two", "three"])
        {
            await page.Button("Regenerate").ClickAsync();
            await Expect(page.Answers().Content()).ToHaveTextAsync(answer);
            await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        }

        // The page's first look ends between the versions.
        var isChosen = new TaskCompletionSource();
        await page.RouteAsync("**/chatroom/*?limit=50&render=html", route =>
            route.ContinueAsync(new() { Url = route.Request.Url.Replace("limit=50", "limit=2", StringComparison.Ordinal) }));
        await page.RouteAsync("**/chatroom/*before=*", async route =>
        {
            await isChosen.Task;
            await route.ContinueAsync();
        });
        await page.ReloadAsync();
        await Expect(page.Answers()).ToContainTextAsync("2 of 2");
        await page.Button("Previous answer").ClickAsync();
        await Expect(page.Answers().Content()).ToHaveTextAsync("two");
        isChosen.SetResult();

        await Expect(page.Answers()).ToContainTextAsync("2 of 3");
        await Expect(page.Questions()).ToHaveTextAsync("a question");
        await Expect(page.Answers().Content()).ToHaveTextAsync("two");
    }

    [Fact]
    public async Task A_room_is_exported_as_JSON()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Send("a question");
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Locator("#title")).ToHaveTextAsync("a question");

        var download = await page.RunAndWaitForDownloadAsync(() => page.ChooseRoomMenuItem("Export as JSON"));

        Assert.Equal("a question.json", download.SuggestedFilename);
        using var room = JsonDocument.Parse(await File.ReadAllTextAsync(await download.PathAsync()));
        Assert.Equal(
            ["a question", "ok"],
            room.RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task Users_can_set_their_own_name()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Expect(page.Locator("#user-name")).ToContainTextAsync("+1");
        await page.Locator("#user-name").ClickAsync();
        await page.Field("Your name").FillAsync("Ada Lovelace");
        await page.Button("Save").ClickAsync();
        await Expect(page.Locator("#user-name")).ToHaveTextAsync("Ada Lovelace");

        await page.ReloadAsync();

        await Expect(page.Locator("#user-name")).ToHaveTextAsync("Ada Lovelace");
        await page.Locator("#user-name").ClickAsync();
        await Expect(page.Field("Your name")).ToHaveValueAsync("Ada Lovelace");
        await page.Locator("#ask").Button("Cancel").ClickAsync();
        await Expect(page.Locator("#user-name")).ToHaveTextAsync("Ada Lovelace");
    }

    // The dialog closes before the server has answered.
    private static Task Save(IPage page) => page.RunAndWaitForResponseAsync(
        () => page.Button("Save").ClickAsync(), response => response is { Request.Method: "PATCH", Ok: true });
}
