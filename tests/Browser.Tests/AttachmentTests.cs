using GeminiChat.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>Files: chosen, pasted or dropped, uploaded, sent, and shown in the conversation.</summary>
[Collection(ChatCollection.Name)]
public sealed class AttachmentTests(BrowserFixture site)
{
    private const string Png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private const string FileOfFirstMessage = """
        async (room) => {
          const { access } = JSON.parse(localStorage["geminichat.session"]);
          const answer = await fetch(`/chatroom/${room}`, { headers: { Authorization: `Bearer ${access}` } });
          return (await answer.json()).messages[0].attachments[0].id;
        }
        """;

    [Fact]
    public async Task A_picture_is_uploaded_sent_and_shown()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();

        await Choose(page, ("dot.png", "image/png", Convert.FromBase64String(Png)));
        await Expect(page.Uploads()).ToContainTextAsync(["dot.png"]);
        await Expect(page.Uploads().Locator("img")).ToBeVisibleAsync();
        await page.Send("what is it?");

        await Expect(page.Uploads()).ToHaveCountAsync(0);
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        await ExpectShown(page);
        var parts = site.Gemini.Calls.Requests[^1].Turns[^1].Parts;
        Assert.Contains(parts, part => part.MimeType is "image/png" && (part.FileUri is not null || part.InlineData is not null));
        await page.ReloadAsync();
        await ExpectShown(page);
    }

    [Fact]
    public async Task Other_files_are_downloaded_under_their_names()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Choose(page, ("résumé.txt", "text/plain", "Hello."u8.ToArray()));
        await page.Ask("read it");

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Download résumé.txt" }).ClickAsync());

        Assert.Equal("résumé.txt", download.SuggestedFilename);
        Assert.Equal("Hello.", await File.ReadAllTextAsync(await download.PathAsync()));
    }

    [Theory]
    [InlineData("paste", "#text", "clipboardData")]
    [InlineData("drop", "#scroller", "dataTransfer")]
    public async Task Files_can_be_pasted_and_dropped(string type, string place, string member)
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();

        await page.Locator(place).EvaluateAsync(
            """
            (element, { type, member, png }) => {
              const files = new DataTransfer();
              const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
              files.items.add(new File([bytes], "dot.png", { type: "image/png" }));
              const event = new Event(type, { bubbles: true, cancelable: true });
              Object.defineProperty(event, member, { value: files });
              element.dispatchEvent(event);
            }
            """,
            new { type, member, png = Png });

        await Expect(page.Uploads()).ToContainTextAsync(["dot.png"]);
        await Expect(page.Uploads().Locator("progress")).ToHaveCountAsync(0);
        await page.Button("Remove dot.png").ClickAsync();
        await Expect(page.Uploads()).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_refused_file_says_why_and_keeps_the_message_back()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Choose(page, ("archive.zip", "application/zip", [0x50, 0x4B, 3, 4, 0, 0, 0xFF, 0xFE]));
        await Expect(page.Uploads()).ToContainTextAsync(["The model cannot read this kind of file."]);

        await page.Send("unpack it");

        await Expect(page.Locator("#send-error")).ToContainTextAsync("The model cannot read this kind of file.");
        await Expect(page.Questions()).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Your message")).ToHaveValueAsync("unpack it");
        await page.Button("Remove archive.zip").ClickAsync();
        await page.Send("unpack it");
        await Expect(page.Questions()).ToHaveTextAsync("unpack it");
    }

    [Fact]
    public async Task A_file_that_is_too_large_says_so()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();

        await Choose(page, ("large.txt", "text/plain", [.. Enumerable.Repeat((byte)'x', 25 * 1024 * 1024)]));

        await Expect(page.Uploads()).ToContainTextAsync(["The file is larger than 20 MB."]);
    }

    [Fact]
    public async Task A_message_waits_for_its_uploads_and_each_chat_keeps_its_files()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("a chat");
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync("**/files", async route =>
        {
            await go.Task;
            await route.ContinueAsync();
        });
        await Choose(page, ("dot.png", "image/png", Convert.FromBase64String(Png)));
        await page.Locator("#new-chat").ClickAsync();
        await Expect(page.Uploads()).ToHaveCountAsync(0);
        await page.Rooms().First.ClickAsync();
        await Expect(page.Uploads()).ToHaveCountAsync(1);

        await page.Send("with a picture");
        await Expect(page.Locator("#composer")).ToHaveAttributeAsync("aria-busy", "true");
        await Expect(page.Questions()).ToHaveCountAsync(1);
        go.SetResult();

        await Expect(page.Questions()).ToHaveCountAsync(2);
        await ExpectShown(page);
    }

    [Fact]
    public async Task An_edited_message_keeps_its_files()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Choose(page, ("dot.png", "image/png", Convert.FromBase64String(Png)));
        await page.Ask("what is it?");

        await page.Button("Edit").ClickAsync();
        await page.GetByLabel("Change this question").FillAsync("what colour is it?");
        await page.GetByLabel("Change this question").PressAsync("Enter");

        await Expect(page.Questions()).ToHaveTextAsync("what colour is it?");
        await ExpectShown(page);
        await Expect(page.Answers()).ToHaveAttributeAsync("data-status", "completed");
        Assert.Contains(site.Gemini.Calls.Requests[^1].Turns[^1].Parts, part => part.MimeType is "image/png");
    }

    [Fact]
    public async Task A_file_of_the_user_is_a_picture_in_an_answer_and_its_description_in_a_share()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await Choose(page, ("dot.png", "image/png", Convert.FromBase64String(Png)));
        await page.Ask("what is it?");
        var file = await page.EvaluateAsync<string>(FileOfFirstMessage, page.RoomId());
        site.Gemini.EnqueueReplies(Script.Words($"Look: ![a red dot](/files/{file}/content)"));

        await page.Send("show it");

        var picture = page.Answers().Last.Content().GetByRole(AriaRole.Img, new() { Name = "a red dot" });
        await Expect(picture).ToHaveJSPropertyAsync("naturalWidth", 1);
        await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        await page.ReloadAsync();
        await Expect(picture).ToHaveJSPropertyAsync("naturalWidth", 1);

        // Who has the link to a share has no access to the user's files.
        await page.ChooseRoomMenuItem("Share");
        await page.Button("Create a link").ClickAsync();
        await Expect(page.Field("The new link")).Not.ToHaveValueAsync("");
        var url = await page.Field("The new link").InputValueAsync();
        await using var other = await site.NewDevice();
        var reader = await other.Open(new Uri(url).AbsolutePath);
        await Expect(reader.Locator(".picture")).ToHaveTextAsync("a red dot");
        await Expect(reader.Locator("main img")).ToHaveCountAsync(0);
    }

    private static Task Choose(IPage page, params (string Name, string Type, byte[] Bytes)[] files) =>
        page.Locator("#chooser").SetInputFilesAsync(files.Select(file => new FilePayload { Name = file.Name, MimeType = file.Type, Buffer = file.Bytes }));

    private static async Task ExpectShown(IPage page)
    {
        var picture = page.GetByRole(AriaRole.Img, new() { Name = "dot.png" }).Last;
        await Expect(picture).ToHaveJSPropertyAsync("naturalWidth", 1);
    }
}
