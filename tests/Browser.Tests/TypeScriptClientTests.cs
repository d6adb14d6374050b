using GeminiChat.Fakes;
using GeminiChat.Running;
using Microsoft.Playwright;

namespace GeminiChat.Browser.Tests;

/// <summary>The TypeScript client in a browser.</summary>
[Collection(ChatCollection.Name)]
public sealed class TypeScriptClientTests(BrowserFixture site)
{
    /// <summary>A module that signs in and keeps the tokens where all tabs of the browser find them.</summary>
    private const string NewClient = """
        const { GeminiChat } = await import("/client/index.js");
        const client = new GeminiChat({
          baseUrl: location.origin,
          tokens: () => JSON.parse(localStorage.getItem("tokens")),
          onTokens: (tokens) => localStorage.setItem("tokens", JSON.stringify(tokens)),
        });
        """;

    private const string SignIn = NewClient + """
        const sent = await client.auth.sendOtp({ mobile_number: number });
        await client.auth.verifyOtp({ mobile_number: number, otp_code: sent.otp, request_id: sent.request_id });
        """;

    [Fact]
    public async Task A_reply_goes_on_after_kill_9_in_the_midst_of_it()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await site.Start(folder);
        await using var device = await site.NewDevice(gateway);
        var page = await Open(device);
        var hold = new ControlledReply();
        site.Gemini.EnqueueReplies(hold.Script);
        await page.EvaluateAsync($$"""
            async (number) => {
              {{SignIn}}
              const { id } = await client.createRoom();
              window.events = [];
              window.reply = client.room(id).send("why?");
              window.end = (async () => {
                for await (const { type } of window.reply) window.events.push(type);
                return window.reply.done();
              })();
            }
            """, Device.NewNumber());
        await hold.SendText("half an ans");

        // WaitForFunction would evaluate text in the page, which its content security policy refuses.
        await page.EvaluateAsync("""
            async () => { while (window.reply.text !== "half an ans") await new Promise((resolve) => setTimeout(resolve, 20)); }
            """).WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);

        await gateway.Kill();
        site.Gemini.EnqueueReplies(Script.Words("a whole answer"));
        await gateway.Restart();

        Assert.Equal("a whole answer", await page.EvaluateAsync<string>("window.end.then(({ content }) => content)"));
        Assert.Equal("a whole answer", await page.EvaluateAsync<string>("window.reply.text"));
        var events = await page.EvaluateAsync<string[]>("window.events");
        Assert.Equal(["accepted", "token", "reset"], events[..3]);
        Assert.Equal("done", events[^1]);
    }

    [Fact]
    public async Task Two_tabs_with_an_expired_token_exchange_the_refresh_token_once()
    {
        await using var device = await site.NewDevice();
        var one = await Open(device);
        var two = await Open(device);
        var exchanges = 0;
        one.Context.Request += (_, request) => exchanges += request.Url.EndsWith("/auth/refresh", StringComparison.Ordinal) ? 1 : 0;
        await one.EvaluateAsync($$"""
            async (number) => {
              {{SignIn}}
              localStorage.setItem("tokens", JSON.stringify({ ...JSON.parse(localStorage.getItem("tokens")), access_token: "expired" }));
            }
            """, Device.NewNumber());

        const string AskTwice = $"async () => {{ {NewClient} return (await Promise.all([client.me(), client.me()]))[1].id; }}";
        var users = await Task.WhenAll(one.EvaluateAsync<string>(AskTwice), two.EvaluateAsync<string>(AskTwice));

        Assert.Single(users.Distinct());
        Assert.Equal(1, exchanges);
    }

    /// <summary>A page of the service that can import the client.</summary>
    private static async Task<IPage> Open(Device device)
    {
        var modules = await TypeScriptClient.EnsureBuilt();
        var page = await device.Open();
        await page.RouteAsync("**/client/*.js", route => route.FulfillAsync(new()
        {
            ContentType = "text/javascript",
            Path = Path.Combine(modules, Path.GetFileName(new Uri(route.Request.Url).LocalPath)),
        }));
        return page;
    }
}
