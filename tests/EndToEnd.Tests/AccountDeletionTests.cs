using System.Net;
using System.Net.Http.Json;
using GeminiChat.Fakes;
using Microsoft.Data.Sqlite;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Whoever has left is gone, whatever happens to the process.</summary>
public sealed class AccountDeletionTests : IAsyncLifetime
{
    private const string Number = "+14155557401";
    private const string Password = "correct horse battery";

    private readonly TemporaryFolder _folder = new();
    private FakeStripe _stripe = null!;

    public async ValueTask InitializeAsync() => _stripe = await FakeStripe.Start();

    public async ValueTask DisposeAsync()
    {
        await _stripe.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_process_killed_after_an_account_deletion_completes_it_after_the_restart()
    {
        string token;
        string id;
        await using (var gateway = await Start())
        {
            token = await SignIn(gateway.Http, await SignUp(gateway.Http));
            var user = new ChatUser(gateway.Http, token);
            id = (await user.Get("/user/me")).GetProperty("id").GetString()!;
            await user.NewRoom();
            var opened = await ChatUser.Json(await user.Send(HttpMethod.Post, "/payments/subscribe/pro"));
            var checkout = opened.GetProperty("session_id").GetString()!;
            _stripe.Account.CompleteCheckout(checkout);
            var status = await user.Get($"/payments/subscription/status?session_id={checkout}");
            Assert.Equal("Pro", status.GetProperty("subscription").GetString());

            // The state of other grains cannot be written: nothing but the decision can be done before the end.
            await Run("alter table OrleansStorage rename to Away");
            Assert.Equal(HttpStatusCode.NoContent, (await user.Send(HttpMethod.Delete, "/user/me", new { password = Password })).StatusCode);
            await gateway.Kill();
        }

        await Run("alter table Away rename to OrleansStorage");
        Assert.Equal("active", _stripe.Account.Subscriptions.Single().Status);
        await using var restarted = await Start();
        Assert.Equal(
            HttpStatusCode.Unauthorized, (await new ChatUser(restarted.Http, token).Send(HttpMethod.Get, "/user/me")).StatusCode);
        await restarted.WaitForLog($"Deleted user {id} has been erased");
        await WaitUntilDeleted();
        Assert.Equal("canceled", _stripe.Account.Subscriptions.Single().Status);

        var next = new ChatUser(restarted.Http, await SignIn(restarted.Http));
        Assert.NotEqual(id, (await next.Get("/user/me")).GetProperty("id").GetString());
        Assert.Equal("Basic", (await next.Get("/payments/subscription/status")).GetProperty("subscription").GetString());
        Assert.Empty((await next.Get("/chatroom")).EnumerateArray());
    }

    [Fact]
    public async Task Deleting_an_account_ends_a_running_reply_for_its_reader_and_at_the_model()
    {
        await using var gemini = await FakeGemini.Start();
        gemini.ReplyAlways(Script.Chunks("half an ans").Then(Script.Silence()));
        await using var gateway = await Start(("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", gemini.BaseUrl));
        var user = new ChatUser(gateway.Http, await SignIn(gateway.Http, await SignUp(gateway.Http)));
        var room = await user.NewRoom();
        var events = user.Stream(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "why" }).GetAsyncEnumerator();
        await using var _ = events;
        for (var i = 0; i < 2; i++)
        {
            Assert.True(await events.MoveNextAsync());
        }

        Assert.Equal("token", events.Current.EventType);
        Assert.Equal(HttpStatusCode.NoContent, (await user.Send(HttpMethod.Delete, "/user/me", new { password = Password })).StatusCode);
        await gemini.Calls.WaitUntilIdle();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("error", events.Current.EventType);
        Assert.Contains(events.Current.Json().GetProperty("status").GetInt32(), new[] { 401, 404 });
        Assert.False(await events.MoveNextAsync());
    }

    private Task<GatewayProcess> Start(params (string, string)[] settings) => GatewayProcess.Start(
        _folder.Path,
        [
            .. settings,
            ("STRIPE_SECRET_KEY", FakeStripe.Key),
            ("STRIPE_PRO_PRICE_ID", FakeStripe.Price),
            ("STRIPE_WEBHOOK_SECRET", WebhookSender.Secret),
            ("STRIPE_API_BASE", _stripe.BaseUrl),
        ]);

    private async Task WaitUntilDeleted()
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!_stripe.Account.Customers.Single().IsDeleted)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static async Task<string> SignUp(HttpClient http)
    {
        var signedUp = await http.PostAsJsonAsync("/auth/signup", new { name = "Ada", mobile_number = Number, password = Password });
        return (await ChatUser.Json(signedUp, HttpStatusCode.Created)).GetProperty("signup_token").GetString()!;
    }

    private static async Task<string> SignIn(HttpClient http, string? signUpToken = null)
    {
        var sent = await ChatUser.Json(await http.PostAsJsonAsync("/auth/send-otp", new { mobile_number = Number }));
        var code = sent.GetProperty("otp").GetString();
        var verified = await http.PostAsJsonAsync("/auth/verify-otp", new { mobile_number = Number, otp_code = code, signup_token = signUpToken });
        return (await ChatUser.Json(verified)).GetProperty("access_token").GetString()!;
    }

    private async Task Run(string sql)
    {
        var file = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "data"), "*grain*.db"));
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
