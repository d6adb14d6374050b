using GeminiChat.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The page on which the API can be tried.</summary>
[Collection(FrameCollection.Name)]
public sealed class DocsTests(BrowserFixture site)
{
    [Fact]
    public async Task The_docs_page_sends_the_entered_token_and_forgets_it_on_reload()
    {
        await using var device = await site.NewDevice();
        var page = await device.Open("/docs");
        var user = await ChatUser.SignIn(site.Gateway.Http);
        await page.GetByRole(AriaRole.Button, new() { Name = "Authorize", Exact = true }).First.ClickAsync();
        await page.Locator(".modal-ux input").First.FillAsync(user.Token);
        await page.Locator(".modal-ux button.authorize").First.ClickAsync();
        await page.Locator(".modal-ux button.btn-done").First.ClickAsync();

        Assert.Contains("\"mobile_number\"", await Try(page, "getMe", 200), StringComparison.Ordinal);
        Assert.Contains("[]", await Try(page, "listRooms", 200), StringComparison.Ordinal);

        await page.ReloadAsync();
        Assert.Contains("access token", await Try(page, "getMe", 401), StringComparison.Ordinal);
    }

    private static async Task<string> Try(IPage page, string operation, int status)
    {
        var block = page.Locator($".opblock[id$='-{operation}']");
        await block.Locator("button.opblock-summary-control").ClickAsync();
        await block.GetByRole(AriaRole.Button, new() { Name = "Try it out" }).ClickAsync();
        await block.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        var answer = block.Locator(".live-responses-table tr.response");
        await Expect(answer.Locator(".response-col_status")).ToContainTextAsync($"{status}");
        return await answer.Locator(".response-col_description .highlight-code").First.InnerTextAsync();
    }
}
