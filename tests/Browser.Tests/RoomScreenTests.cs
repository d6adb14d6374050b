using System.IO.Compression;
using System.Text.Json;
using GeminiChat.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>What can be done with a room, its messages and the user's own name.</summary>
[Collection(ChatCollection.Name)]
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
    public async Task A_text_that_cannot_be_copied_is_told()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("a question");
        await page.EvaluateAsync("() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError')); }");

        await page.Answers().Button("Copy").ClickAsync();

        await Expect(page.Locator("#toast")).ToHaveTextAsync("That did not work. Try again.");
        await Expect(page.Button("Copied")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Instructions_are_kept_and_go_to_the_model()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("first");
        await page.ChooseRoomMenuItem("Instructions");
        await Expect(page.Field("Instructions")).ToHaveValueAsync("");
        await page.Field("Instructions").FillAsync("Be brief.\nBe kind.");
        await page.RouteAsync("**/chatroom/*", route => route.AbortAsync(), new() { Times = 1 });
        await page.Button("Save").ClickAsync();

        await Expect(page.Locator("#ask-text")).ToHaveTextAsync("The server cannot be reached. Check the connection.");
        await Expect(page.Field("Instructions")).ToHaveValueAsync("Be brief.\nBe kind.");
        await Save(page);
        await page.Ask("second");
        await Expect(page.Answers()).ToHaveCountAsync(2);
        Assert.Equal("Be brief.\nBe kind.", site.Gemini.Calls.Requests[^1].System);

        await page.ChooseRoomMenuItem("Instructions");
        await Expect(page.Field("Instructions")).ToHaveValueAsync("Be brief.\nBe kind.");
        await page.Field("Instructions").FillAsync("");
        await Save(page);
        await page.Ask("third");
        await Expect(page.Answers()).ToHaveCountAsync(3);
        Assert.Null(site.Gemini.Calls.Requests[^1].System);
    }

    [Fact]
    public async Task A_room_is_exported_as_JSON()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("a question");
        await Expect(page.Locator("#title")).ToHaveTextAsync("a question");

        var download = await page.RunAndWaitForDownloadAsync(() => page.ChooseRoomMenuItem("Export as JSON"));

        Assert.Equal("a question.json", download.SuggestedFilename);
        using var room = JsonDocument.Parse(await File.ReadAllTextAsync(await download.PathAsync()));
        Assert.Equal(
            ["a question", "ok"],
            room.RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task A_room_is_exported_as_HTML()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Words("a **bold** answer"));
        await page.Ask("a question");
        await Expect(page.Locator("#title")).ToHaveTextAsync("a question");

        var download = await page.RunAndWaitForDownloadAsync(() => page.ChooseRoomMenuItem("Export as HTML"));

        Assert.Equal("a question.html", download.SuggestedFilename);
        Assert.Contains("<strong>bold</strong>", await File.ReadAllTextAsync(await download.PathAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_data_of_a_user_is_exported_as_a_ZIP_file()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("a question");

        var download = await page.RunAndWaitForDownloadAsync(() => page.ChooseAccountMenuItem("Export all data"));

        Assert.EndsWith(".zip", download.SuggestedFilename, StringComparison.Ordinal);
        await using var file = File.OpenRead(await download.PathAsync());
        await using var zip = new ZipArchive(file);
        Assert.Contains(zip.Entries, entry => entry.FullName is "profile.json");
        Assert.Contains(zip.Entries, entry => entry.FullName.EndsWith("a question.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answers_can_be_rated()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Words("**an** answer"));
        await page.Ask("a question");
        await Expect(page.Button("Good answer")).ToHaveAttributeAsync("aria-pressed", "false");

        await page.Button("Good answer").PressAsync("Enter");
        await Expect(page.Button("Good answer")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Button("Good answer")).ToBeFocusedAsync();
        await page.Button("Bad answer").ClickAsync();
        await Expect(page.Button("Bad answer")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Button("Good answer")).ToHaveAttributeAsync("aria-pressed", "false");
        await page.Button("Add a comment").ClickAsync();
        await page.Field("Your comment").FillAsync("Too short.");
        await page.Button("Save").ClickAsync();
        await Expect(page.Button("Edit comment")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.Button("Bad answer")).ToHaveAttributeAsync("aria-pressed", "true");
        await page.Button("Edit comment").ClickAsync();
        await Expect(page.Field("Your comment")).ToHaveValueAsync("Too short.");
        await page.Keyboard.PressAsync("Escape");

        await page.Button("Bad answer").ClickAsync();
        await Expect(page.Button("Bad answer")).ToHaveAttributeAsync("aria-pressed", "false");
        await Expect(page.Button("Edit comment")).ToHaveCountAsync(0);
        await Expect(page.Answers().Content().Locator("strong")).ToHaveTextAsync("an");
    }

    [Fact]
    public async Task Users_can_set_their_own_name()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Expect(page.Locator("#user-name")).ToContainTextAsync("+1");
        await page.ChooseAccountMenuItem("Settings");
        await page.Field("Your name").FillAsync("Ada Lovelace");
        await page.Locator("#settings").Button("Save").ClickAsync();
        await Expect(page.Locator("#settings-note")).ToHaveTextAsync("Your name is saved.");
        await Expect(page.Locator("#user-name")).ToHaveTextAsync("Ada Lovelace");

        await page.ReloadAsync();

        await Expect(page.Locator("#user-name")).ToHaveTextAsync("Ada Lovelace");
        await Expect(page.Locator("#greeting")).ToContainTextAsync("Ada Lovelace");
        await page.ChooseAccountMenuItem("Settings");
        await Expect(page.Field("Your name")).ToHaveValueAsync("Ada Lovelace");
    }

    // The dialog closes before the server has answered.
    private static Task Save(IPage page) => page.RunAndWaitForResponseAsync(
        () => page.Button("Save").ClickAsync(), response => response is { Request.Method: "PATCH", Ok: true });
}
