using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The dialog that asks the user: one question at a time.</summary>
[Collection(FrameCollection.Name)]
public sealed class QuestionTests(BrowserFixture site)
{
    [Fact]
    public async Task Instructions_that_come_late_do_not_replace_an_open_question()
    {
        const string Read = "**/chatroom/*?limit=1";
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("a question");
        var isAsked = new TaskCompletionSource();
        await page.RouteAsync(Read, async route =>
        {
            await isAsked.Task;
            await route.ContinueAsync();
        });
        await page.ChooseRoomMenuItem("Instructions");
        await page.ChooseRoomMenuItem("Delete");
        var title = page.Locator("#ask-title");
        await Expect(title).ToHaveTextAsync("Delete this chat?");

        var answer = await page.RunAndWaitForResponseAsync(
            () =>
            {
                isAsked.SetResult();
                return Task.CompletedTask;
            },
            Read);
        await answer.FinishedAsync();
        await page.EvaluateAsync("fetch('/icon.svg')");

        await Expect(title).ToHaveTextAsync("Delete this chat?");
        await page.Locator("#ask").Button("Cancel").ClickAsync();
        await page.ChooseRoomMenuItem("Instructions");
        await page.Field("Instructions").FillAsync("Be brief.");
        await page.Button("Save").ClickAsync();
        await Expect(page.Button("This chat has instructions")).ToBeVisibleAsync();
        await Expect(page.Rooms()).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_newer_question_refuses_the_older_one_and_is_not_answered_by_its_end()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();

        // The second question is replaced between its answer and the event of it.
        var answers = await page.EvaluateAsync<bool[]>("""
            async () => {
              const { confirm } = await import(document.querySelector("link[href$='/ui/dialogs.js']").href);
              const dialog = document.querySelector("#ask");
              const first = confirm("first", "", "Yes");
              const second = confirm("second", "", "Yes");
              dialog.querySelector("#ask-yes").click();
              const third = confirm("third", "", "Yes");
              await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
              dialog.querySelector("#ask-yes").click();
              return Promise.all([first, second, third]);
            }
            """);

        Assert.Equal([false, false, true], answers);
    }
}
