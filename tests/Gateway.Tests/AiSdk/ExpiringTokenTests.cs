using System.Net;
using System.Text.Json;
using GeminiChat.Fakes;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Gateway.Tests.AiSdk;

/// <summary>
/// Access tokens that expire in the middle of an answer, with Vercel's own client: its function for headers gives a new token, and the
/// answer goes on. One user has our tokens, the other one those of an issuer, of a minute each.
/// </summary>
public sealed class ExpiringTokenTests : IAsyncLifetime
{
    private readonly AdjustableTimeProvider _clock = new();
    private FakeIssuer _issuer = null!;
    private GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.Start();
        _gateway = await GatewayFixture.StartAsync(
            [$"--OIDC_ISSUER={_issuer.Issuer}", $"--OIDC_AUDIENCE={FakeIssuer.Audience}", "--ACCESS_TOKEN_EXPIRE_MINUTES=1"],
            builder => builder.Services.AddSingleton<TimeProvider>(_clock));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Theory]
    [InlineData("5")]
    [InlineData("6")]
    [InlineData("7")]
    public async Task An_answer_outlives_the_token_of_its_stream(string version)
    {
        // Signed in past this gateway: these later tokens are valid for half an hour.
        var ours = await _gateway.NewUserWithRoom();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await using var one = await Reader.Start(_gateway, version, _gateway.TokenOf(ours), ours.Token);
        await using var other = await Reader.Start(_gateway, version, _issuer.Token("someone", ("exp", now + 60)), _issuer.Token("someone", ("exp", now + 1800)));
        await Task.WhenAll(one.Begin(), other.Begin());

        _clock.Advance(TimeSpan.FromSeconds(91));

        await Task.WhenAll(one.GoOn(), other.GoOn());
    }

    /// <summary>A page with a chat, and the model that answers it.</summary>
    private sealed class Reader(NodeScript script, HttpClient client, Task<ControlledReply> call, string first, string later) : IAsyncDisposable
    {
        private string _token = first;
        private int _given;

        /// <summary>Opens the page in a room of its own.</summary>
        /// <param name="gateway">The gateway.</param>
        /// <param name="version">The major version of the AI SDK.</param>
        /// <param name="first">The access token that expires.</param>
        /// <param name="later">The one after it.</param>
        public static async Task<Reader> Start(GatewayFixture gateway, string version, string first, string later)
        {
            var client = gateway.CreateAnonymousClient();
            client.DefaultRequestHeaders.Authorization = new("Bearer", first);
            var prompt = $"tokens {TestNumber.Next()}";
            using var created = await client.PostJsonAsync("/chatroom", $$"""{"name":"Room","system_prompt":"{{prompt}}"}""");
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            var room = (await created.ReadJsonAsync()).Text("id");
            var call = SharedSilo.Current.ModelCalls(prompt).ReadAsync().AsTask();
            return new Reader(
                await AiSdkScript.Start(version, "broken", gateway.Address, ("CHAT", room), ("ASK_FOR_TOKENS", "1")), client, call, first, later);
        }

        /// <summary>Asks, and reads the beginning of the answer.</summary>
        public async Task Begin()
        {
            var started = Read();
            await (await call.WaitAsync(Deadline.Timeout)).SendText("one");
            Assert.Equal("streaming", (await started).Text("status"));
        }

        /// <summary>The token has expired.</summary>
        public async Task GoOn()
        {
            var broken = await Read();
            Assert.Equal(("error", "TypeError"), (broken.Text("status"), broken.Text("errorName")));
            var given = _given;
            _token = later;
            await (await call).SendText(" two");
            await script.Tell("go");
            Assert.Equal("streaming", (await Read()).Text("status"));
            Assert.True(_given > given, "The request that resumes has asked for a token.");
            await (await call).Finish();

            var end = await Read();
            Assert.Equal("ready", end.Text("status"));
            Assert.Equal("one two", ChatClient.TextOf(end.GetProperty("messages")[1]));
            Assert.Equal(["why?", "one two"], end.GetProperty("stored").EnumerateArray().Select(ChatClient.TextOf));
        }

        public ValueTask DisposeAsync()
        {
            script.Dispose();
            client.Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>What the page shows next. Each request asks for a token before.</summary>
        private async Task<JsonElement> Read()
        {
            while (true)
            {
                var line = await script.Read();
                if (!line.TryGetProperty("wants", out _))
                {
                    return line;
                }

                _given++;
                await script.Tell(_token);
            }
        }
    }
}
