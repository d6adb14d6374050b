using GeminiChat.Fakes;
using GeminiChat.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GeminiChat.Browser.Tests;

/// <summary>What the page is without a network, and how it gets a new version of itself.</summary>
[Collection(FrameCollection.Name)]
public sealed class OfflineTests(BrowserFixture site)
{
    private const string Note = "You are offline. This is what you saw last.";

    /// <summary>Settles when a message that contains the text is kept, or nothing is if the text is empty. It looks again after each write.</summary>
    private const string IsKept = """
        async (text) => {
          const done = (request) => new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
          });
          const db = await done(indexedDB.open("geminichat.seen"));
          const { put, delete: remove, clear } = IDBObjectStore.prototype;
          await new Promise((resolve, reject) => {
            let isOver = false;
            const check = async () => {
              const all = isOver || JSON.stringify(await done(db.transaction("seen").objectStore("seen").getAll()));
              if (isOver || !(text ? all.includes(text) : all === "[]")) return;
              isOver = true;
              resolve();
            };
            for (const [name, write] of Object.entries({ put, delete: remove, clear })) {
              IDBObjectStore.prototype[name] = function (...values) {
                this.transaction.addEventListener("complete", check);
                return write.apply(this, values);
              };
            }
            setTimeout(reject, 60_000, new Error("It is not kept."));
            check();
          });
          Object.assign(IDBObjectStore.prototype, { put, delete: remove, clear });
          db.close();
        }
        """;

    /// <summary>Tells when the service worker that the page registers has begun or has ended.</summary>
    private const string WatchWorker = """
        const { register } = navigator.serviceWorker;
        window.workerIsSettled = new Promise((resolve, reject) => {
          navigator.serviceWorker.register = async function (...values) {
            const registration = await register.apply(this, values);
            const worker = registration.installing ?? registration.waiting ?? registration.active;
            const check = () => ["activated", "redundant"].includes(worker?.state ?? "redundant") && resolve(true);
            worker?.addEventListener("statechange", check);
            check();
            return registration;
          };
          setTimeout(reject, 60_000, new Error("The worker has not settled."));
        });
        """;

    private const string NextFrames = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";

    private const string IsInstalled = "navigator.serviceWorker.ready.then(() => true)";

    private static BrowserNewContextOptions WithWorker => new() { ServiceWorkers = ServiceWorkerPolicy.Allow };

    [Fact]
    public async Task The_page_opens_offline_with_what_was_seen_last_and_goes_on_when_it_is_online()
    {
        await using var device = await site.NewDevice(options: WithWorker);
        var page = await device.SignIn();
        site.Gemini.EnqueueReplies(Script.Words("a **bold** answer"));
        await page.Ask("a question");
        await page.EvaluateAsync(IsInstalled);
        await page.EvaluateAsync(IsKept, "<strong>bold</strong>");
        await Expect(page.Rooms()).ToHaveTextAsync("a question");

        await device.SetOffline(true);
        await page.ReloadAsync();

        await Expect(page.Locator("#connection")).ToHaveTextAsync(Note);
        await Expect(page.Locator("#title")).ToHaveTextAsync("a question");
        await Expect(page.Rooms()).ToHaveTextAsync("a question");
        await Expect(page.Questions()).ToHaveTextAsync("a question");
        await Expect(page.Answers().Content()).ToHaveTextAsync("a bold answer");
        await page.Send("another question");
        await Expect(page.Locator("#send-error")).ToHaveTextAsync("You are offline. Check the connection.");
        await Expect(page.GetByLabel("Your message")).ToHaveValueAsync("another question");

        await device.SetOffline(false);

        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
        await page.GetByLabel("Your message").PressAsync("Enter");
        await Expect(page.Answers()).ToHaveCountAsync(2);
        await Expect(page.Answers().Last).ToHaveAttributeAsync("data-status", "completed");
        await Expect(page.Questions()).ToHaveTextAsync(["a question", "another question"]);
    }

    [Fact]
    public async Task What_was_seen_is_shown_before_the_server_answers_and_nothing_moves_when_it_does()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Ask("first");
        await page.EvaluateAsync(IsKept, "first");
        var isAnswered = new TaskCompletionSource();
        await page.RouteAsync("**/chatroom/*?view*", async route =>
        {
            await isAnswered.Task;
            await route.ContinueAsync();
        });

        await page.ReloadAsync();

        await Expect(page.Questions()).ToHaveTextAsync("first");
        var element = await page.Answers().Content().ElementHandleAsync();
        var before = await ReadPlaces(page);
        var answer = page.WaitForResponseAsync(response => response.Url.Contains("?view", StringComparison.Ordinal));
        isAnswered.SetResult();
        await (await answer).FinishedAsync();
        await page.EvaluateAsync(NextFrames);
        Assert.Equal(before, await ReadPlaces(page));
        await page.Send("second");
        await Expect(page.Answers()).ToHaveCountAsync(2);
        Assert.True(await element.EvaluateAsync<bool>("(element) => element.isConnected"));
    }

    [Fact]
    public async Task The_answer_of_the_server_does_not_lead_back_to_a_place_that_the_user_has_left()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        var scroller = page.Locator("#scroller");
        site.Gemini.EnqueueReplies(Script.Words(string.Concat(Enumerable.Repeat("A paragraph.\n\n", 100)) + "the end"));
        await page.Ask("a question");
        await page.EvaluateAsync(IsKept, "the end");
        await scroller.EvaluateAsync("(scroller) => { scroller.scrollTop = 300; }");
        await Expect(page.Locator("#to-end")).ToBeVisibleAsync();
        var isAnswered = new TaskCompletionSource();
        await page.RouteAsync("**/chatroom/*?view*", async route =>
        {
            await isAnswered.Task;
            await route.ContinueAsync();
        });

        await page.ReloadAsync();
        await Expect(scroller).ToHaveJSPropertyAsync("scrollTop", 300);
        await scroller.HoverAsync();
        await page.Mouse.WheelAsync(0, 200);
        await Expect(scroller).ToHaveJSPropertyAsync("scrollTop", 500);
        var answer = page.WaitForResponseAsync(response => response.Url.Contains("?view", StringComparison.Ordinal));
        isAnswered.SetResult();
        await (await answer).FinishedAsync();

        await page.EvaluateAsync(NextFrames);
        await Expect(scroller).ToHaveJSPropertyAsync("scrollTop", 500);
    }

    [Fact]
    public async Task Nothing_is_kept_of_a_temporary_chat_of_a_deleted_one_and_after_the_sign_out()
    {
        await using var device = await site.NewDevice();
        var page = await device.SignIn();
        await page.Button("Temporary chat").ClickAsync();
        await page.Ask("a secret");
        await page.Locator("#new-chat").ClickAsync();
        await page.Ask("a deleted question");
        await page.EvaluateAsync(IsKept, "a deleted question");
        Assert.DoesNotContain("a secret", await Kept(page), StringComparison.Ordinal);

        await page.ChooseRoomMenuItem("Delete");
        await page.Locator("#ask").Button("Delete").ClickAsync();
        await Expect(page.Locator("#welcome")).ToBeVisibleAsync();
        await page.Ask("a question");
        await page.EvaluateAsync(IsKept, "a question");
        Assert.DoesNotContain("a deleted question", await Kept(page), StringComparison.Ordinal);

        await page.EvaluateAsync("dispatchEvent(new StorageEvent('storage', { key: 'geminichat.session', newValue: null, oldValue: '{}' }))");
        await page.EvaluateAsync(IsKept, "");
    }

    [Fact]
    public async Task A_new_version_waits_until_the_user_asks_for_it()
    {
        // A worker of another address is a new version to the browser. The policy of the page would forbid it.
        await using var device = await site.NewDevice(options: new(WithWorker) { BypassCSP = true });
        var page = await device.Open();
        await page.EvaluateAsync(IsInstalled);
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Mobile number")).ToBeVisibleAsync();
        await Expect(page.Locator("#update")).ToHaveCountAsync(0);

        await page.EvaluateAsync("navigator.serviceWorker.register('/sw.js?two').then(() => true)");

        await Expect(page.Locator("#update")).ToContainTextAsync("A new version of this page is ready.");
        Assert.EndsWith("/sw.js", await Worker(page), StringComparison.Ordinal);
        var reloaded = page.WaitForRequestAsync(static request => request.IsNavigationRequest);
        await page.Locator("#update").Button("Reload").ClickAsync();
        await reloaded;
        await Expect(page.GetByLabel("Mobile number")).ToBeVisibleAsync();
        Assert.EndsWith("/sw.js?two", await Worker(page), StringComparison.Ordinal);

        static Task<string> Worker(IPage page) => page.EvaluateAsync<string>("navigator.serviceWorker.controller.scriptURL");
    }

    [Fact]
    public async Task A_service_worker_that_is_turned_off_removes_itself_and_what_was_kept()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await site.Start(folder, ("OFFLINE_PAGE", "false"));
        await using var device = await site.NewDevice(gateway, WithWorker);
        var page = await device.Open("/icon.svg");
        await page.EvaluateAsync("caches.open('page-0123456789abcdef').then(() => true)");

        await page.AddInitScriptAsync(WatchWorker);
        await page.GotoAsync("/");
        await page.EvaluateAsync("() => window.workerIsSettled");

        Assert.Equal(0, await page.EvaluateAsync<int>(
            "async () => (await caches.keys()).length + (await navigator.serviceWorker.getRegistrations()).length"));
    }

    [Fact]
    public async Task The_worker_leaves_the_API_alone()
    {
        await using var device = await site.NewDevice(options: WithWorker);
        var page = await device.SignIn();
        await page.EvaluateAsync(IsInstalled);
        await page.ReloadAsync();
        await page.Ask("a question");
        var kept = await page.EvaluateAsync<string[]>("""
            async () => {
              const names = [];
              for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) names.push(new URL(url).pathname);
              return names;
            }
            """);
        Assert.NotEmpty(kept);
        Assert.All(kept, path => Assert.StartsWith("/assets/", path, StringComparison.Ordinal));
    }

    /// <summary>Where the question and the answer are.</summary>
    private static Task<string> ReadPlaces(IPage page) => page.EvaluateAsync<string>("""
        () => JSON.stringify([...document.querySelectorAll(".message .content")].map((element) => element.getBoundingClientRect()))
        """);

    private static Task<string> Kept(IPage page) => page.EvaluateAsync<string>("""
        () => new Promise((resolve) => {
          const opening = indexedDB.open("geminichat.seen");
          opening.onsuccess = () => {
            const all = opening.result.transaction("seen").objectStore("seen").getAll();
            all.onsuccess = () => {
              opening.result.close();
              resolve(JSON.stringify(all.result));
            };
          };
        })
        """);
}
