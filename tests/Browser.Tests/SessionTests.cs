using System.Collections.Concurrent;
using GeminiChat.Played;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>How a session is kept going, whatever happens while it is renewed.</summary>
[Collection(OneSite.Name)]
public sealed class SessionTests(Site site)
{
    [Fact]
    public async Task Tabs_that_need_a_new_token_at_the_same_time_ask_for_one_and_stay_signed_in()
    {
        await using var device = await site.NewDevice();
        var one = await device.SignIn();
        var two = await device.Open();

        // A page that is still open would ask, too, and be cut short by the reload.
        await Task.WhenAll(one.GotoAsync("/icon.svg"), two.GotoAsync("/icon.svg"));
        await one.Expire();
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
    public async Task A_reload_before_the_new_tokens_are_here_asks_for_the_same_ones_again()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var exchanged = new TaskCompletionSource();
        await page.RouteAsync("**/auth/refresh", async route =>
        {
            await route.FetchAsync();
            exchanged.TrySetResult();
        }, new() { Times = 1 });
        await page.Expire();
        await page.Send("first");
        await exchanged.Task.WaitAsync(CallLog.Patience);

        await page.ReloadAsync();
        await page.Send("still here");

        await Expect(page.Answers().Content()).ToHaveTextAsync("ok");
    }

    [Fact]
    public async Task New_tokens_that_got_lost_on_the_way_are_asked_for_again()
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
        await page.Expire();

        await page.Send("still here");

        await Expect(page.Answers().Content()).ToHaveTextAsync("ok");
        Assert.Equal(1, lost);
    }

    [Fact]
    public async Task A_reload_between_number_and_code_leaves_the_code_good()
    {
        await using var device = await site.NewDevice();
        var page = await device.Open();
        await page.GetByLabel("Mobile number").FillAsync(Device.NewNumber());
        await page.Button("Send me a code").ClickAsync();
        var offer = await page.Locator("#use-code").TextContentAsync();

        await page.ReloadAsync();
        await page.Locator("#code").FillAsync(offer![^6..]);
        var given = await page.RunAndWaitForRequestAsync(() => page.Button("Sign in").ClickAsync(), "**/auth/verify-otp");

        Assert.Contains("\"request_id\"", given.PostData, StringComparison.Ordinal);
        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task After_signing_out_the_browser_is_known_by_its_last_token()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Button("Sign out").ClickAsync();
        await page.GetByLabel("Mobile number").FillAsync(Device.NewNumber());

        var asked = await page.RunAndWaitForRequestAsync(() => page.Button("Send me a code").ClickAsync(), "**/auth/send-otp");

        Assert.Contains("\"device_token\"", asked.PostData, StringComparison.Ordinal);
        await Expect(page.Locator("#use-code")).ToBeVisibleAsync();
    }
}
