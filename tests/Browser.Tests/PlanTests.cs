using GeminiChat.Played;
using GeminiChat.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

[Collection(OneSite.Name)]
public sealed class PlanTests(Site site)
{
    [Fact]
    public async Task The_daily_limit_is_told_kindly_and_nothing_written_is_lost()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await site.Start(folder, ("BASIC_DAILY_MESSAGES", "1"));
        await using var device = await site.NewDevice(gateway);
        var page = await device.SignIn();
        await Expect(page.Locator("#left")).ToHaveTextAsync("1 of 1 messages left");
        await page.Send("one");
        await Expect(page.Answers().Content()).ToHaveTextAsync("ok");
        await Expect(page.Locator("#left")).ToHaveTextAsync("0 of 1 messages left");

        await page.Send("two");

        await Expect(page.Locator("#notice")).ToContainTextAsync("You have reached today’s limit (1). You can send more from");
        await Expect(page.GetByLabel("Your message")).ToHaveValueAsync("two");
        await page.Locator("#notice").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#plan-note")).ToContainTextAsync("Payments are not set up on this server");
        await Expect(page.Locator("#upgrade")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Coming_back_from_a_cancelled_checkout_is_told_and_leaves_a_clean_address()
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
        await using var stripe = await PlayedStripe.Start();
        using var folder = new TemporaryFolder();
        await using var gateway = await site.Start(
            folder,
            ("STRIPE_SECRET_KEY", PlayedStripe.Key),
            ("STRIPE_PRO_PRICE_ID", PlayedStripe.Price),
            ("STRIPE_WEBHOOK_SECRET", StripeWebhooks.Secret),
            ("STRIPE_API_BASE", stripe.BaseUrl));
        await using var device = await site.NewDevice(gateway);
        var page = await device.SignIn();
        await page.RouteAsync("https://*.stripe.com/**", route => route.FulfillAsync(new() { Body = "Stripe's page" }));

        await page.Button("Upgrade to Pro").ClickAsync();

        await page.WaitForURLAsync("https://checkout.stripe.com/**");
        var checkout = stripe.Books.Checkouts.Single();
        stripe.Books.Complete(checkout.Id);
        await page.GotoAsync(checkout.SuccessUrl.Replace("{CHECKOUT_SESSION_ID}", checkout.Id, StringComparison.Ordinal));
        await Expect(page.Locator("#toast")).ToHaveTextAsync("Welcome to Pro.");
        await Expect(page.Locator("#tier")).ToHaveTextAsync("Pro");
        Assert.Equal("/", new Uri(page.Url).PathAndQuery);
        await page.Button("Manage subscription").ClickAsync();
        await page.WaitForURLAsync("https://billing.stripe.com/**");
    }
}
