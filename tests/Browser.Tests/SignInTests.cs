using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The ways to sign in, and what each step says when something is wrong.</summary>
[Collection(FrameCollection.Name)]
public sealed class SignInTests(BrowserFixture site)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task A_new_user_signs_up_with_the_keyboard_alone_and_signs_in_with_the_password()
    {
        await using var device = await site.NewDevice();
        var number = Device.NewNumber();
        var page = await device.Open();
        await page.Button("Sign up with a name and a password").PressAsync("Enter");
        await Expect(page.Locator("#full-name")).ToBeFocusedAsync();
        foreach (var text in (string[])["Ada Lovelace", number, Password])
        {
            await page.Keyboard.TypeAsync(text);
            await page.Keyboard.PressAsync("Tab");
        }

        await Expect(page.Button("Show the password")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#password")).ToHaveAttributeAsync("type", "text");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#code")).ToBeFocusedAsync();
        await page.Locator("#use-code").PressAsync("Enter");
        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();

        await SignOut(device, page);
        await page.Button("Sign in with a password").ClickAsync();
        await page.GetByLabel("Mobile number").FillAsync(number);
        await SubmitPassword(page, "a wrong one");
        await Expect(page.Locator("#password-error")).ToHaveTextAsync("Wrong password.");
        await Expect(page.Locator("#password")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Locator("#password")).ToBeFocusedAsync();
        await SubmitPassword(page, Password);
        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_forgotten_password_is_replaced_with_a_code()
    {
        await using var device = await site.NewDevice();
        var page = await OpenPasswordReset(device);

        await page.Button("Set the password").ClickAsync();

        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task After_a_new_password_only_a_failed_sign_in_is_repeated()
    {
        await using var device = await site.NewDevice();
        var page = await OpenPasswordReset(device);
        await page.RouteAsync("**/auth/login", static route => route.FulfillAsync(new() { Status = 503 }), new() { Times = 1 });

        await page.Button("Set the password").ClickAsync();
        await Expect(page.Locator("#sign-in-error")).ToHaveTextAsync("The server is busy or restarting.");
        await page.Locator("#sign-in-go").ClickAsync();

        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_pasted_code_is_taken_out_of_its_text_and_sent_at_once()
    {
        await using var device = await site.NewDevice();
        var page = await device.OpenCodeStep();
        var offer = await ReadCode(page);
        var text = $"Your code for GeminiChat, good for 10 minutes, is {offer[..3]} {offer[3..]}.";

        await page.Locator("#code").EvaluateAsync(
            """
            (field, text) => {
              const data = new DataTransfer();
              data.setData("text", text);
              field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
            }
            """,
            text);

        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_step_and_the_wait_for_another_code_survive_a_reload()
    {
        await using var device = await site.NewDevice();
        var number = Device.NewNumber();
        var page = await device.OpenCodeStep(number);
        await Expect(page.Locator("#send-again")).ToContainTextAsync("Send again in ");

        await page.ReloadAsync();

        await Expect(page.Locator("#sent-to")).ToHaveTextAsync(number);
        await Expect(page.Locator("#send-again")).ToHaveAttributeAsync("aria-disabled", "true");
        await page.Locator("#code").FillAsync("000 00");
        await page.Button("Sign in").ClickAsync();
        await Expect(page.Locator("#code-error")).ToHaveTextAsync("The code has six digits.");
        await page.Button("Use another number").ClickAsync();
        await Expect(page.GetByLabel("Mobile number")).ToHaveValueAsync(number);
    }

    [Fact]
    public async Task Another_code_too_soon_leads_to_the_one_that_is_still_good()
    {
        await using var device = await site.NewDevice();
        var page = await device.OpenCodeStep();
        var code = await ReadCode(page);
        await page.Button("Use another number").ClickAsync();

        await page.Button("Send me a code").ClickAsync();

        await Expect(page.Locator("#sign-in-note")).ToHaveTextAsync("A code was sent a moment ago. It is still valid.");
        await Expect(page.Locator("#send-again")).ToContainTextAsync("Send again in ");
        await page.Locator("#code").FillAsync(code);
        await Expect(page.GetByLabel("Your message")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Mistakes_are_told_beside_their_fields()
    {
        await using var device = await site.NewDevice();
        var page = await device.Open();
        await page.Button("Sign up with a name and a password").ClickAsync();
        await page.Button("Create the account").ClickAsync();
        await Expect(page.Locator("#full-name")).ToBeFocusedAsync();
        await Expect(page.Locator("#full-name")).ToHaveAttributeAsync("aria-describedby", "full-name-error");
        await Expect(page.Locator("#sign-in [aria-invalid=true]")).ToHaveCountAsync(3);

        await page.Locator("#full-name").FillAsync("Ada");
        await page.GetByLabel("Mobile number").FillAsync("0151 12345678");
        await page.Locator("#password").FillAsync(Password);
        await page.Button("Create the account").ClickAsync();
        await Expect(page.GetByLabel("Mobile number")).ToBeFocusedAsync();
        await Expect(page.Locator("#number-error")).ToHaveTextAsync("This is not a mobile number. Begin with + and the country code.");

        // The server knows more than the page.
        await page.GetByLabel("Mobile number").FillAsync("+999 1234 5678");
        await page.Button("Create the account").ClickAsync();
        await Expect(page.Locator("#number-error")).ToHaveTextAsync("This is not a mobile number. Begin with + and the country code.");
        await page.GetByLabel("Mobile number").FillAsync(Device.NewNumber());
        await page.Locator("#password").FillAsync("password1");
        await page.Button("Create the account").ClickAsync();
        await Expect(page.Locator("#password-error")).ToHaveTextAsync("This password is one of the most common ones. Choose another.");
        await Expect(page.Locator("#number-error")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task To_be_signed_out_is_no_error()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();

        await SignOut(device, page);

        await Expect(page.Locator("#sign-in-note")).ToHaveTextAsync("You are signed out.");
        await Expect(page.Locator("#sign-in-error")).ToBeEmptyAsync();
        await page.Button("Sign in with a password").ClickAsync();
        await Expect(page.Locator("#sign-in-note")).ToBeEmptyAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 1280)]
    public async Task Every_step_has_contrast_names_and_fits_the_screen(ColorScheme colours, int width)
    {
        await using var device = await site.NewDevice(options: new() { ColorScheme = colours, ViewportSize = new() { Width = width, Height = 844 } });
        var page = await device.Open();
        await Expect(page.GetByLabel("Mobile number")).ToBeVisibleAsync();
        foreach (var way in (string[])["Sign up with a name and a password", "I have an account", "Sign in with a password", "Forgot your password?"])
        {
            await page.Button(way).ClickAsync();
            await page.Locator("#sign-in-go").ClickAsync();
            await Expect(page.Locator("#sign-in [aria-invalid=true]")).Not.ToHaveCountAsync(0);
            await AccessibilityAudit.AssertNoFaults(page);
        }

        await page.RequestCode(Device.NewNumber());
        await Expect(page.Locator("#code")).ToBeVisibleAsync();
        await AccessibilityAudit.AssertNoFaults(page);
    }

    /// <summary>The step that sets a new password, for a user with an account. The password is typed.</summary>
    private static async Task<IPage> OpenPasswordReset(Device device)
    {
        var number = Device.NewNumber();
        var page = await device.Open();
        await device.SignIn(page, number);
        await SignOut(device, page);
        await page.Button("Sign in with a password").ClickAsync();
        await page.Button("Forgot your password?").ClickAsync();
        await page.RequestCode(number);
        await page.Locator("#use-code").ClickAsync();
        await Expect(page.Locator("#password")).ToBeFocusedAsync();
        await page.Locator("#password").FillAsync(Password);
        return page;
    }

    private static async Task SubmitPassword(IPage page, string password)
    {
        await page.Locator("#password").FillAsync(password);
        await page.Locator("#password").PressAsync("Enter");
    }

    /// <summary>The code that the page offers in Development.</summary>
    private static async Task<string> ReadCode(IPage page)
    {
        await Expect(page.Locator("#use-code")).ToContainTextAsync("Use the code ");
        return (await page.Locator("#use-code").TextContentAsync())![^6..];
    }

    /// <summary>Ends the session in another tab.</summary>
    private static async Task SignOut(Device device, IPage page)
    {
        var other = await device.Open("/icon.svg");
        await other.EvaluateAsync("localStorage.removeItem('geminichat.session')");
        await Expect(page.GetByLabel("Mobile number")).ToBeVisibleAsync();
        await other.CloseAsync();
    }
}
