using GeminiChat.Fakes;
using GeminiChat.Running;
using Microsoft.Playwright;

namespace GeminiChat.Browser.Tests;

/// <summary>The built program with a fake Gemini behind it and Chromium before it.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    // Without the sandbox it runs as root. The others save processes, and the GPU that no test machine has.
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--renderer-process-limit=1", "--disable-site-isolation-trials"];

    /// <summary>What is waited for comes at once; but a machine may have much else to do.</summary>
    private const float TimeoutMilliseconds = 60_000;

    private readonly TemporaryFolder _folder = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private GatewayProcess? _gateway;
    private FakeGemini? _gemini;

    public FakeGemini Gemini => _gemini!;

    internal GatewayProcess Gateway => _gateway!;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium))
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout(TimeoutMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Arguments });
        _gemini = await FakeGemini.Start();
        _gateway = await Start(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
            _playwright!.Dispose();
            await Gateway.DisposeAsync();
            await Gemini.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <summary>A browser that knows nobody yet, at the site or at another gateway.</summary>
    internal Task<Device> NewDevice(GatewayProcess? gateway = null, BrowserNewContextOptions? options = null) =>
        NewDevice(() => (gateway ?? Gateway).Address, options);

    /// <summary>The same, at a page that another server has.</summary>
    internal async Task<Device> NewDevice(Func<Uri> origin, BrowserNewContextOptions? options = null)
    {
        Assert.SkipUnless(File.Exists(Chromium), "Needs Chromium: apt-get install chromium");
        options ??= new();
        options.BaseURL = origin().ToString();
        options.Permissions = ["clipboard-read", "clipboard-write"];
        options.ReducedMotion = ReducedMotion.Reduce;

        // A worker would take requests from the tests that change them. The tests of the worker allow it.
        options.ServiceWorkers ??= ServiceWorkerPolicy.Block;
        var context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(TimeoutMilliseconds);
        return new Device(context, origin(), Gemini);
    }

    /// <summary>A question of a new user, and the beginning of its answer.</summary>
    internal async Task<(IPage Page, ControlledReply Reply)> BeginReply(Device device, string text)
    {
        var page = await device.SignIn();
        var reply = new ControlledReply();
        Gemini.EnqueueReplies(reply.Script);
        await page.Send("a question");
        await reply.SendText(text);
        return (page, reply);
    }

    /// <summary>Another gateway, with settings of its own.</summary>
    internal Task<GatewayProcess> Start(TemporaryFolder folder, params (string Name, string Value)[] settings) =>
        GatewayProcess.Start(
            folder.Path, [("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", Gemini.BaseUrl), .. settings]);
}

/// <summary>
/// The frame of the page: sign-in, list of chats, settings, documents. One browser, one gateway; the tests take turns, and so their
/// replies come in order.
/// </summary>
[CollectionDefinition(Name)]
public sealed class FrameCollection : ICollectionFixture<BrowserFixture>
{
    public const string Name = "frame";
}

/// <summary>The chats. They run at the same time as the others, with a browser and a gateway of their own.</summary>
[CollectionDefinition(Name)]
public sealed class ChatCollection : ICollectionFixture<BrowserFixture>
{
    public const string Name = "chats";
}
