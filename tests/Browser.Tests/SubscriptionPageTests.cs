using GeminiChat.Fakes;
using GeminiChat.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

[Collection(FrameCollection.Name)]
public sealed class SubscriptionPageTests(BrowserFixture site)
{
    [Fact]
    public async Task The_daily_limit_is_explained_and_the_draft_is_kept()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await site.Start(folder, ("BASIC_DAILY_MESSAGES", "1"));
        await using var device = await site.NewDevice(gateway);
        var page = await device.SignIn();
        await Expect(page.Locator("#tier")).ToHaveTextAsync("Basic");
        await page.Locator("#account").ClickAsync();
        await Expect(page.Locator("#menu")).ToContainTextAsync("1 of 1 messages left, more in ");
        await Expect(page.Locator("#plan")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Send("one");
        await Expect(page.Answers().Content()).ToHaveTextAsync("ok");
        await Expect(page.Locator("#left")).ToContainTextAsync("0 of 1 messages left, more in ");
        await Expect(page.Locator("#used")).ToBeVisibleAsync();

        await page.Send("two");

        await Expect(page.Locator("#send-error")).ToContainTextAsync("You have reached today’s limit (1). You can send more in ");
        await Expect(page.GetByLabel("Your message")).ToHaveValueAsync("two");
        await page.Locator("#send-error").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#toast")).ToContainTextAsync("Payments are not set up on this server");
        await page.Locator("#account").ClickAsync();
        await Expect(page.MenuItem("Sign out")).ToBeVisibleAsync();
        await Expect(page.MenuItem("Upgrade to Pro")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Returning_from_a_cancelled_checkout_shows_a_message_and_cleans_the_url()
    {
        await using var device = await site.NewDevice();
        await device.SignIn();

        var page = await device.Open("/?checkout=cancelled");

        await Expect(page.Locator("#toast")).ToHaveTextAsync("The checkout was cancelled. Nothing was charged.");
        Assert.Equal("/", new Uri(page.Url).PathAndQuery);
    }

    [Fact]
    public async Task Upgrading_leads_to_the_checkout_and_back_to_pro()
    {
        await using var stripe = await FakeStripe.Start();
        using var folder = new TemporaryFolder();
        await using var gateway = await site.Start(
            folder,
            ("STRIPE_SECRET_KEY", FakeStripe.Key),
            ("STRIPE_PRO_PRICE_ID", FakeStripe.Price),
            ("STRIPE_WEBHOOK_SECRET", WebhookSender.Secret),
            ("STRIPE_API_BASE", stripe.BaseUrl));
        await using var device = await site.NewDevice(gateway);
        var page = await device.SignIn();
        await page.RouteAsync("https://*.stripe.com/**", route => route.FulfillAsync(new() { Body = "Stripe's page" }));

        await page.ChooseAccountMenuItem("Upgrade to Pro");

        await page.WaitForURLAsync("https://checkout.stripe.com/**");
        var checkout = stripe.Account.Checkouts.Single();
        stripe.Account.CompleteCheckout(checkout.Id);
        await page.GotoAsync(checkout.SuccessUrl.Replace("{CHECKOUT_SESSION_ID}", checkout.Id, StringComparison.Ordinal));
        await Expect(page.Locator("#toast")).ToHaveTextAsync("Welcome to Pro.");
        await Expect(page.Locator("#tier")).ToHaveTextAsync("Pro");
        Assert.Equal("/", new Uri(page.Url).PathAndQuery);
        await page.ChooseAccountMenuItem("Manage subscription");
        await page.WaitForURLAsync("https://billing.stripe.com/**");
    }
}
