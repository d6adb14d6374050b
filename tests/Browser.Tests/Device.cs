using System.Collections.Concurrent;
using GeminiChat.Fakes;
using GeminiChat.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>A browser and what its user does. It minds where requests go and what the pages complain of.</summary>
internal sealed class Device(IBrowserContext context, Uri origin, FakeGemini gemini) : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _errors = new();

    /// <summary>How a message of the browser starts that the test provokes; null for none.</summary>
    public string? ExpectedError { get; set; }

    /// <summary>A new tab at the page.</summary>
    public async Task<IPage> Open(string path = "/")
    {
        var page = await context.NewPageAsync();
        page.Request += (_, request) =>
        {
            // To follow a link, as to a checkout, is to leave the page.
            if (!request.IsNavigationRequest
                && !request.Url.StartsWith(origin.ToString(), StringComparison.Ordinal)
                && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                _errors.Enqueue($"a request to {request.Url}");
            }
        };
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Dialog += (_, dialog) => _errors.Enqueue($"a dialog: {dialog.Message}");

        // An answer other than 200 is no fault of the page's, but is written to the console, too.
        page.Console += (_, message) =>
        {
            if (message.Type == "error"
                && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
                && (ExpectedError is null || !message.Text.StartsWith(ExpectedError, StringComparison.Ordinal)))
            {
                _errors.Enqueue(message.Text);
            }
        };
        await page.GotoAsync(path);
        return page;
    }

    /// <summary>A new tab, signed in with a code; a new user, unless a number is given.</summary>
    public async Task<IPage> SignIn(string? number = null)
    {
        var page = await Open();
        await SignIn(page, number);
        return page;
    }

    /// <summary>A new tab at the step that asks for the code.</summary>
    public async Task<IPage> OpenCodeStep(string? number = null)
    {
        var page = await Open();
        await page.RequestCode(number ?? NewNumber());
        return page;
    }

    /// <summary>Signs in with a code; a new user, unless a number is given.</summary>
    public async Task SignIn(IPage page, string? number = null)
    {
        await page.RequestCode(number ?? NewNumber());
        await page.GetByRole(AriaRole.Button, new() { Name = "Use the code" }).ClickAsync();
        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
    }

    /// <summary>A new tab with a new user signed in, whatever language the page has.</summary>
    public async Task<IPage> SignInByApi()
    {
        var page = await Open();
        await page.EvaluateAsync(
            """
            async (number) => {
              const post = async (path, body) =>
                (await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json();
              const { otp, request_id } = await post("/auth/send-otp", { mobile_number: number });
              const tokens = await post("/auth/verify-otp", { mobile_number: number, otp_code: otp, request_id });
              (await import("/core/session.js")).save(tokens);
            }
            """,
            NewNumber());
        await page.ReloadAsync();
        await Expect(page.Locator("#text")).ToBeVisibleAsync();
        return page;
    }

    /// <summary>Takes the network away, or gives it back.</summary>
    public Task SetOffline(bool isOffline) => context.SetOfflineAsync(isOffline);

    /// <summary>A number that nobody has used.</summary>
    public static string NewNumber() => TestNumber.Next();

    public async ValueTask DisposeAsync()
    {
        await context.CloseAsync();

        // A test that failed may have left replies. The next test must not get them.
        gemini.Reset();
        Assert.Empty(_errors);
    }
}

/// <summary>Places of the page, and steps on it.</summary>
internal static class PageExtensions
{
    /// <summary>Types a number and asks for a code.</summary>
    public static async Task RequestCode(this IPage page, string number)
    {
        await page.GetByLabel("Mobile number").FillAsync(number);
        await page.Button("Send me a code").ClickAsync();
    }

    public static async Task Send(this IPage page, string text)
    {
        await page.GetByLabel("Your message").FillAsync(text);
        await page.GetByLabel("Your message").PressAsync("Enter");
    }

    /// <summary>Sends a question and waits until its answer is complete.</summary>
    public static async Task Ask(this IPage page, string question)
    {
        await page.Send(question);

        // The field is emptied when the server has accepted the question. Then its answer is on the page.
        await Expect(page.GetByLabel("Your message")).ToBeEmptyAsync();
        await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
    }

    /// <summary>Makes the access token look as if its time were over.</summary>
    public static Task ExpireSession(this IPage page) => page.EvaluateAsync("""
        () => {
          const session = JSON.parse(localStorage["geminichat.session"]);
          localStorage["geminichat.session"] = JSON.stringify({ ...session, expires: 0 });
        }
        """);

    /// <summary>Puts the tab behind another one, as far as the page can tell; the browser of the tests has no windows.</summary>
    public static Task HideTab(this IPage page) => page.SetVisibility(false);

    /// <summary>Brings the tab to the front again.</summary>
    public static Task ShowTab(this IPage page) => page.SetVisibility(true);

    /// <summary>The path and the room that the address names.</summary>
    public static string PathAndFragment(this IPage page) => new Uri(page.Url).PathAndQuery + new Uri(page.Url).Fragment;

    public static Task<string> Clipboard(this IPage page) => page.EvaluateAsync<string>("navigator.clipboard.readText()");

    public static ILocator Questions(this IPage page) => page.Locator(".message.user .content");

    public static ILocator Answers(this IPage page) => page.Locator(".message.ai");

    public static ILocator Content(this ILocator message) => message.Locator(".content");

    public static ILocator Thoughts(this ILocator message) => message.Locator(".thoughts");

    /// <summary>The files of the message that is being written.</summary>
    public static ILocator Uploads(this IPage page) => page.Locator("#uploads li");

    public static ILocator StatusLine(this ILocator message) => message.Locator(".state");

    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocator Button(this ILocator place, string name) => place.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocator Field(this IPage page, string name) => page.GetByRole(AriaRole.Textbox, new() { Name = name, Exact = true });

    public static ILocator Rooms(this IPage page) => page.Locator("#rooms a");

    /// <summary>Posts messages by the API, one after the other. The tab may be at another room.</summary>
    public static Task PostInRoom(this IPage page, string room, IEnumerable<string> messages) => page.EvaluateAsync(
        """
        async ({ room, messages }) => {
          const { access } = JSON.parse(localStorage["geminichat.session"]);
          const headers = { Authorization: `Bearer ${access}`, Accept: "text/plain", "Content-Type": "application/json" };
          for (const content of messages) {
            const answer = await fetch(`/chatroom/${room}/message`, { method: "POST", headers, body: JSON.stringify({ content }) });
            await answer.text();
          }
        }
        """,
        new { room, messages });

    /// <summary>The id of the open room.</summary>
    public static string RoomId(this IPage page) => page.PathAndFragment().Split('/')[^1];

    public static async Task ChooseRoomMenuItem(this IPage page, string item)
    {
        await page.Locator("#room-menu").ClickAsync();
        await page.MenuItem(item).ClickAsync();
    }

    public static async Task ChooseAccountMenuItem(this IPage page, string item)
    {
        // What the menu offers depends on the tier.
        await Expect(page.Locator("#tier")).Not.ToBeEmptyAsync();
        await page.Locator("#account").ClickAsync();
        await page.MenuItem(item).ClickAsync();
    }

    /// <summary>An item of the menu that is open.</summary>
    public static ILocator MenuItem(this IPage page, string name) => page.GetByRole(AriaRole.Menuitem, new() { Name = name, Exact = true });

    private static Task SetVisibility(this IPage page, bool isSeen) => page.EvaluateAsync("""
        (isSeen) => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => !isSeen });
          document.dispatchEvent(new Event("visibilitychange"));
        }
        """, isSeen);
}
