using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>The code of <c>docs/integrate.md</c> as it stands there, in Node.js, with what its place would give it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class IntegrationRecipeTests : IAsyncLifetime
{
    private const string Answer = "Because air scatters blue light.";
    private const string Service = "https://chat.example.com";

    private readonly TemporaryFolder _folder = new();
    private FakeGemini _gemini = null!;

    public async ValueTask InitializeAsync()
    {
        _gemini = await FakeGemini.Start();
        _gemini.ReplyAlways(Script.Words(Answer));
    }

    public async ValueTask DisposeAsync()
    {
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_web_page_signs_users_in_with_our_codes()
    {
        await using var gateway = await Start();
        var output = await Run(gateway, 1, OurSignIn("+14155557001") + """
            const kept = new Map();
            globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
            globalThis.document = { body: {} };
            globalThis.prompt = (question) => question.includes("number") ? number : code;
            """, "console.log(document.body.textContent);");

        Assert.Equal(Answer, output);
    }

    [Fact]
    public async Task A_web_page_uses_the_tokens_of_another_issuer()
    {
        await using var issuer = await FakeIssuer.Start();
        await using var gateway = await Start(("OIDC_ISSUER", issuer.Issuer), ("OIDC_AUDIENCE", FakeIssuer.Audience));
        var expired = issuer.Token("someone", ("exp", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 3600));
        var output = await Run(gateway, 2, $$"""
            globalThis.auth = { currentUser: { getIdToken: async (isForced) => isForced ? "{{issuer.Token("someone")}}" : "{{expired}}" } };
            """);

        Assert.Equal(Answer, output);
    }

    [Fact]
    public async Task A_React_page_uses_the_transport_of_the_AI_SDK()
    {
        await using var gateway = await Start();
        var user = await ChatUser.SignIn(gateway.Http);
        var output = await Run(gateway, 3, $$"""
            globalThis.getAccessToken = async () => "{{user.Token}}";
            """, """
            const message = { id: "m1", role: "user", parts: [{ type: "text", text: "Why is the sky blue?" }] };
            let text = "";
            for await (const chunk of await transport.sendMessages({ chatId: "sky", messages: [message], trigger: "submit-message" })) {
              if (chunk.type === "text-delta") text += chunk.delta;
            }
            console.log(text);
            """);

        Assert.Equal(Answer, output);
        Assert.Equal(2, (await user.Get("/ai/chat/sky/messages")).GetArrayLength());
    }

    [Fact]
    public async Task A_mobile_app_keeps_its_tokens_and_streams()
    {
        await using var gateway = await Start();
        Module("expo", "./fetch", "export const fetch = (url, options) => globalThis.fetch(url, options);");
        Module("expo-secure-store", ".", "export const getItemAsync = async () => null; export const deleteItemAsync = async () => {}; export const setItemAsync = async (key, value) => { globalThis.keychain = value; };");
        var output = await Run(gateway, 4, OurSignIn("+14155557004") + """
            globalThis.shown = "";
            globalThis.number = number;
            globalThis.askForCode = async () => code;
            globalThis.show = (text) => { globalThis.shown += text; };
            globalThis.showNothing = () => { globalThis.shown = ""; };
            """, "console.log(JSON.parse(keychain).refresh_token ? shown : 'nothing is stored');");

        Assert.Equal(Answer, output);
    }

    [Fact]
    public async Task A_server_with_a_key_gives_its_users_tokens()
    {
        await using var gateway = await Start();
        var port = Ports.FindFree();
        var key = await KeysCommand.Create(_folder.Path);
        var output = await Run(gateway, 5, "globalThis.signedInUser = async () => ({ id: 'user-1', name: 'Ada' });", $$"""
            const tokens = await (await fetch("http://127.0.0.1:{{port}}/")).json();
            const me = await fetch("{{gateway.Address}}user/me", { headers: { Authorization: `Bearer ${tokens.access_token}` } });
            console.log((await me.json()).name);
            process.exit();
            """, ("CHAT_KEY", key), ("PORT", $"{port}"));

        Assert.Equal("Ada", output);
    }

    private Task<GatewayProcess> Start(params (string Name, string Value)[] settings) => GatewayProcess.Start(
        _folder.Path, [("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", _gemini.BaseUrl), .. settings]);

    /// <summary>In Development, the code is in the answer.</summary>
    private static string OurSignIn(string number) => $$"""
        const number = "{{number}}";
        let code;
        const send = globalThis.fetch;
        globalThis.fetch = async (url, options) => {
          const answer = await send(url, options);
          if (String(url).endsWith("/auth/send-otp")) code = (await answer.clone().json()).otp;
          return answer;
        };

        """;

    /// <summary>Runs the code of a recipe, and returns what it prints.</summary>
    private async Task<string> Run(
        GatewayProcess gateway, int number, string before, string after = "", params (string Name, string Value)[] environment)
    {
        var section = Repository.Read("docs/integrate.md").Split("\n## ").Single(part => part.StartsWith($"{number}. ", StringComparison.Ordinal));
        var code = CodeBlock().Match(section).Groups["code"].Value.Replace(Service, gateway.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "before.mjs"), before);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "recipe.mjs"), $"import './before.mjs';\n{code}\n{after}");
        await TypeScriptClient.EnsureBuilt();
        Link("@geminichat/client", Path.Combine("clients", "typescript"));
        Link("ai", Path.Combine("tests", "AiSdk", "node_modules", "ai-6"));
        var folder = number == 3 ? AiSdkScript.Folder : TypeScriptClient.Folder;
        return (await folder.Run(["node", Path.Combine(_folder.Path, "recipe.mjs")], environment)).Trim();
    }

    private void Link(string package, string folder)
    {
        var link = Path.Combine(_folder.Path, "node_modules", package);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        Directory.CreateSymbolicLink(link, Path.Combine(Repository.Folder, folder));
    }

    /// <summary>A package that only phones have.</summary>
    private void Module(string name, string export, string code)
    {
        var folder = Path.Combine(_folder.Path, "node_modules", name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "package.json"), $$"""{ "type": "module", "exports": { "{{export}}": "./index.js" } }""");
        File.WriteAllText(Path.Combine(folder, "index.js"), code);
    }

    [GeneratedRegex("```js\n(?<code>.*?)```", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeBlock();
}
