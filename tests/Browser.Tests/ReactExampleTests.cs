using System.Diagnostics;
using GeminiChat.Fakes;
using GeminiChat.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>The page of <c>examples/react</c>, built and served as its README says: <c>useChat</c> of the AI SDK in a browser.</summary>
[Collection(ChatCollection.Name)]
public sealed class ReactExampleTests(BrowserFixture site) : IAsyncDisposable
{
    private static readonly NpmFolder Folder = new(Path.Combine(Repository.Folder, "examples", "react"));
    private static readonly Lazy<Task<string>> Built = new(() => Folder.Run(["npm", "run", "build"]));
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private readonly int _port = Ports.FindFree();
    private Process? _server;

    public ValueTask DisposeAsync()
    {
        _server?.Kill();
        _server?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_reload_in_the_middle_of_an_answer_resumes_it_and_shows_one_answer()
    {
        await using var device = await NewDevice();
        var page = await SignIn(device);
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Send("count");
        await hold.SendText("one ");
        await Expect(Answers(page)).ToHaveTextAsync(["one "]);

        await page.ReloadAsync();

        await Expect(page.Button("Stop")).ToBeVisibleAsync();
        await hold.SendText("two");
        await Expect(Answers(page)).ToHaveTextAsync(["one two"]);
        await hold.Finish();
        await Expect(page.Button("Regenerate")).ToBeVisibleAsync();
        await Expect(Answers(page)).ToHaveTextAsync(["one two"]);
        await Expect(Questions(page)).ToHaveTextAsync(["count"]);
        await page.Locator("nav li button").ClickAsync();
        await Expect(Answers(page)).ToHaveTextAsync(["one two"]);
    }

    [Fact]
    public async Task An_answer_is_stopped_and_regenerated()
    {
        await using var device = await NewDevice();
        var page = await SignIn(device);
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.Send("count");
        await hold.SendText("one ");
        await Expect(Answers(page)).ToHaveTextAsync(["one "]);

        await page.Button("Stop").ClickAsync();

        await Expect(page.Locator(".assistant small")).ToHaveTextAsync("Stopped");
        await Expect(Answers(page)).ToHaveTextAsync(["one "]);
        await page.Button("Regenerate").ClickAsync();
        await Expect(Answers(page)).ToHaveTextAsync(["ok"]);
        await page.ReloadAsync();
        await Expect(Answers(page)).ToHaveTextAsync(["ok"]);
    }

    [Fact]
    public async Task A_file_is_sent_with_a_message()
    {
        await using var device = await NewDevice();
        var page = await SignIn(device);
        await page.GetByLabel("Files").SetInputFilesAsync(new FilePayload { Name = "dot.png", MimeType = "image/png", Buffer = Png });

        await page.Send("what is it?");

        await Expect(Answers(page)).ToHaveTextAsync(["ok"]);
        await Expect(page.Locator(".user .file")).ToHaveTextAsync("dot.png");
        var parts = site.Gemini.Calls.Requests[^1].Turns[^1].Parts;
        Assert.Contains(parts, part => part.MimeType is "image/png");
        await page.ReloadAsync();
        await Expect(page.Locator(".user .file")).ToHaveTextAsync("dot.png");
    }

    private static ILocator Answers(IPage page) => page.Locator(".assistant .text");

    private static ILocator Questions(IPage page) => page.Locator(".user .text");

    private static async Task<IPage> SignIn(Device device)
    {
        var page = await device.Open();
        await page.RequestCode(Device.NewNumber());
        await Expect(page.GetByLabel("Code")).Not.ToHaveValueAsync("");
        await page.Button("Sign in").ClickAsync();
        await Expect(page.GetByLabel("Your message")).ToBeVisibleAsync();
        return page;
    }

    private async Task<Device> NewDevice()
    {
        var address = new Uri($"http://127.0.0.1:{_port}/");
        var device = await site.NewDevice(() => address);
        await Built.Value;
        _server = await Folder.Start(
            ["node", "node_modules/vite/bin/vite.js", "preview", "--host", "127.0.0.1", "--port", $"{_port}", "--strictPort"],
            ("GEMINICHAT_URL", site.Gateway.Address.ToString()), ("NO_COLOR", "1"));
        using var deadline = Deadline.Start();
        while (await _server.StandardOutput.ReadLineAsync(deadline.Token) is { } line && !line.Contains("Local", StringComparison.Ordinal))
        {
        }

        return device;
    }
}
