using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using GeminiChat.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>How a session is kept going, whatever happens while it is renewed.</summary>
[Collection(FrameCollection.Name)]
public sealed partial class SessionTests(BrowserFixture site)
{
    [GeneratedRegex("[0-9]{6}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SixDigits { get; }

    [Fact]
    public async Task Tabs_that_refresh_at_the_same_time_send_one_refresh_and_stay_signed_in()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        var two = await device.Open();

        // A page that is still open would ask, too, and be cut short by the reload.
        await Task.WhenAll(one.GotoAsync("/icon.svg"), two.GotoAsync("/icon.svg"));
        await one.ExpireSession();
        // A browser that is slow to tell one tab what another one has stored lets the same exchange be asked for again.
        var exchanges = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        void Note(IRequest request)
        {
            if (request.Url.EndsWith("/auth/refresh", StringComparison.Ordinal))
            {
                exchanges[request.Headers["idempotency-key"]] = request.PostData!;
            }
        }

        one.Request += (_, request) => Note(request);
        two.Request += (_, request) => Note(request);

        await Task.WhenAll(one.GotoAsync("/"), two.GotoAsync("/"));
        await one.Send("still here");

        await Expect(one.Answers().Content()).ToHaveTextAsync("ok");
        await Expect(two.Rooms()).ToHaveCountAsync(1);
        Assert.Single(exchanges);
    }

    [Fact]
    public async Task A_reload_during_a_refresh_repeats_it_with_the_same_key()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var exchanged = new TaskCompletionSource();
        await page.RouteAsync("**/auth/refresh", async route =>
        {
            await route.FetchAsync();
            exchanged.TrySetResult();
        }, new() { Times = 1 });
        await page.ExpireSession();
        await page.Send("first");
        await exchanged.Task.WaitAsync(GeminiCallLog.DefaultTimeout);

        await page.ReloadAsync();
        await page.Send("still here");

        await Expect(page.Answers().Content()).ToHaveTextAsync("ok");
    }

    [Fact]
    public async Task A_refresh_whose_response_was_lost_is_repeated()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var lost = 0;
        await page.RouteAsync("**/auth/refresh", async route =>
        {
            await route.FetchAsync();
            lost++;
            await route.AbortAsync();
        }, new() { Times = 1 });
        await page.ExpireSession();

        await page.Send("still here");

        await Expect(page.Answers().Content()).ToHaveTextAsync("ok");
        Assert.Equal(1, lost);
    }

    [Fact]
    public async Task The_end_of_the_session_closes_the_dialogs_and_empties_them()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Locator("#chat-instructions").ClickAsync();
        await page.Locator("#ask-long").FillAsync("a secret");

        await page.EvaluateAsync("dispatchEvent(new StorageEvent('storage', { key: 'geminichat.session', newValue: null, oldValue: '{}' }))");

        await Expect(page.GetByLabel("Mobile number")).ToBeVisibleAsync();
        await Expect(page.Locator("#ask")).ToBeHiddenAsync();
        await Expect(page.Locator("#ask-long")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task A_message_that_is_being_sent_ends_with_the_session_and_does_not_reach_the_next_user()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Clock.InstallAsync();
        var isReachable = false;
        await page.RouteAsync("**/chatroom", route => isReachable || route.Request.Method != "POST" ? route.ContinueAsync() : route.AbortAsync("connectionreset"));
        await page.RunAndWaitForRequestAsync(() => page.Send("words of the first user"), "**/chatroom");
        await page.ChooseAccountMenuItem("Sign out");
        await device.SignIn(page);
        isReachable = true;

        // No attempt would wait longer.
        await page.Clock.FastForwardAsync(60_000);

        await page.Ask("words of the second user");
        await Expect(page.Questions()).ToHaveTextAsync(["words of the second user"]);
        await Expect(page.Rooms()).ToHaveTextAsync(["words of the second user"]);
    }

    [Fact]
    public async Task An_upload_that_is_being_repeated_ends_with_the_session()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Clock.InstallAsync();
        var attempts = 0;
        await page.RouteAsync("**/files", route =>
        {
            attempts++;
            return route.AbortAsync("connectionreset");
        });
        await page.RunAndWaitForRequestAsync(
            () => page.Locator("#chooser").SetInputFilesAsync(new FilePayload { Name = "notes.txt", MimeType = "text/plain", Buffer = "Orleans"u8.ToArray() }),
            "**/files");
        await page.ChooseAccountMenuItem("Sign out");
        await device.SignIn(page);
        var before = attempts;

        await page.Clock.FastForwardAsync(60_000);

        await page.Ask("a question");
        await Expect(page.Uploads()).ToHaveCountAsync(0);
        Assert.Equal(before, attempts);
    }

    [Fact]
    public async Task A_refresh_that_ends_after_the_session_does_not_bring_it_back()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var other = await device.Open("/icon.svg");
        var (isAsked, isLate) = (new TaskCompletionSource(), new TaskCompletionSource());
        await page.RouteAsync("**/auth/refresh", async route =>
        {
            isAsked.TrySetResult();
            await isLate.Task;
            await route.ContinueAsync();
        });
        await page.ExpireSession();
        await page.Send("words");
        await isAsked.Task.WaitAsync(GeminiCallLog.DefaultTimeout);
        await other.EvaluateAsync("localStorage.removeItem('geminichat.session')");
        await Expect(page.GetByLabel("Mobile number")).ToBeVisibleAsync();

        isLate.SetResult();
        await page.EvaluateAsync("fetch('/icon.svg')");

        Assert.Null(await page.EvaluateAsync<string?>("localStorage['geminichat.session'] ?? null"));
        await Expect(page.GetByLabel("Mobile number")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("**/chatroom?archived=true")]
    [InlineData("**/chatroom/*?limit=1")]
    [InlineData("**/shares")]
    public async Task An_answer_that_comes_after_the_end_of_the_session_is_not_shown_to_the_next_user(string late)
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("a secret");
        await page.ChooseRoomMenuItem("Archive");
        await Expect(page.Locator("#toast")).ToBeVisibleAsync();
        var isLate = new TaskCompletionSource();
        await page.RouteAsync(late, async route =>
        {
            var answer = await route.FetchAsync();
            await isLate.Task;
            await route.FulfillAsync(new() { Response = answer });
        });
        await page.RunAndWaitForRequestAsync(() => AskFor(page, late), late);
        await page.ChooseAccountMenuItem("Sign out");
        await device.SignIn(page);
        await page.EvaluateAsync("document.querySelector('#toast').textContent = ''");

        isLate.SetResult();
        await page.EvaluateAsync("fetch('/icon.svg')");
        await page.Ask("a question");

        await Expect(page.Locator("#archived a")).ToHaveCountAsync(0);
        await Expect(page.Locator("dialog[open]")).ToHaveCountAsync(0);
        await Expect(page.Locator("#toast")).ToBeEmptyAsync();
        await Expect(page.Rooms()).ToHaveTextAsync(["a question"]);
    }

    private static Task AskFor(IPage page, string what) => what switch
    {
        "**/shares" => page.ChooseRoomMenuItem("Share"),
        "**/chatroom/*?limit=1" => page.ChooseRoomMenuItem("Instructions"),
        _ => page.Locator("#archive summary").ClickAsync(),
    };

    [Fact]
    public async Task A_reload_between_number_and_code_keeps_the_code_valid()
    {
        await using var device = await site.NewDevice();
        var page = await device.OpenCodeStep();
        var useCode = page.Locator("#use-code");
        await Expect(useCode).ToContainTextAsync(SixDigits);
        var offer = await useCode.TextContentAsync();

        await page.ReloadAsync();
        var given = await page.RunAndWaitForRequestAsync(() => page.Locator("#code").FillAsync(offer![^6..]), "**/auth/verify-otp");

        Assert.Contains("\"request_id\"", given.PostData, StringComparison.Ordinal);
        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task After_signing_out_the_browser_is_a_known_device_by_its_last_token()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.ChooseAccountMenuItem("Sign out");
        await page.GetByLabel("Mobile number").FillAsync(Device.NewNumber());

        var asked = await page.RunAndWaitForRequestAsync(() => page.Button("Send me a code").ClickAsync(), "**/auth/send-otp");

        Assert.Contains("\"device_token\"", asked.PostData, StringComparison.Ordinal);
        await Expect(page.Locator("#use-code")).ToBeVisibleAsync();
    }
}
