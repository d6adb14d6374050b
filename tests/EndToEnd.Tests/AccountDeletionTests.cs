using System.Net;
using System.Net.Http.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Whoever has left is gone, whatever happens to the process.</summary>
[Collection<SharedPaymentsGateway>]
public sealed class AccountDeletionTests(KilledPaymentsGateway killed) : GatewayTests(killed)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task A_process_killed_after_an_account_deletion_completes_it_after_the_restart()
    {
        const string Number = "+14155550401";
        var user = await SignIn(Number, await SignUp(Number));
        var id = (await user.Get("/user/me")).GetProperty("id").GetString()!;
        await user.NewRoom();
        var checkout = await KilledPaymentsGateway.OpenCheckout(user);
        var subscription = killed.Stripe.Account.CompleteCheckout(checkout);
        var status = await user.Get($"/payments/subscription/status?session_id={checkout}");
        Assert.Equal("Pro", status.GetProperty("subscription").GetString());

        // The state of other grains cannot be written: nothing but the decision can be done before the end.
        await RunOnGrainState("alter table OrleansStorage rename to Away");
        var deleted = await user.Send(HttpMethod.Delete, "/user/me", new { password = Password });
        await Gateway.Kill();
        await RunOnGrainState("alter table Away rename to OrleansStorage");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal("active", StatusOf(subscription));
        var logged = Gateway.Output.Length;
        await Gateway.Restart();
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.Send(HttpMethod.Get, "/user/me")).StatusCode);
        await Gateway.WaitForLog($"Deleted user {id} has been erased", logged);
        await WaitUntilDeleted(subscription.Customer);
        Assert.Equal("canceled", StatusOf(subscription));

        var next = await SignIn(Number);
        Assert.NotEqual(id, (await next.Get("/user/me")).GetProperty("id").GetString());
        Assert.Equal("Basic", (await next.Get("/payments/subscription/status")).GetProperty("subscription").GetString());
        Assert.Empty((await next.Get("/chatroom")).EnumerateArray());
    }

    [Fact]
    public async Task Deleting_an_account_ends_a_running_reply_for_its_reader_and_at_the_model()
    {
        const string Number = "+14155550402";
        Gemini.ReplyAlways(Script.Chunks("half an ans").Then(Script.Silence()));
        var user = await SignIn(Number, await SignUp(Number));
        var room = await user.NewRoom();
        var events = user.Stream(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "why" }).GetAsyncEnumerator();
        await using var _ = events;
        for (var i = 0; i < 2; i++)
        {
            Assert.True(await events.MoveNextAsync());
        }

        Assert.Equal("token", events.Current.EventType);
        Assert.Equal(HttpStatusCode.NoContent, (await user.Send(HttpMethod.Delete, "/user/me", new { password = Password })).StatusCode);
        await Gemini.Calls.WaitUntilIdle();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("error", events.Current.EventType);
        Assert.Contains(events.Current.Json().GetProperty("status").GetInt32(), new[] { 401, 404 });
        Assert.False(await events.MoveNextAsync());
    }

    private string StatusOf(FakeSubscription subscription) =>
        killed.Stripe.Account.Subscriptions.Single(one => one.Id == subscription.Id).Status;

    private async Task WaitUntilDeleted(string customerId)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!killed.Stripe.Account.Customers.Single(customer => customer.Id == customerId).IsDeleted)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    private async Task<string> SignUp(string number)
    {
        var signedUp = await Gateway.Http.PostAsJsonAsync("/auth/signup", new { name = "Ada", mobile_number = number, password = Password });
        return (await ChatUser.Json(signedUp, HttpStatusCode.Created)).GetProperty("signup_token").GetString()!;
    }

    private async Task<ChatUser> SignIn(string number, string? signUpToken = null)
    {
        var sent = await ChatUser.Json(await Gateway.Http.PostAsJsonAsync("/auth/send-otp", new { mobile_number = number }));
        var code = sent.GetProperty("otp").GetString();
        var verified = await Gateway.Http.PostAsJsonAsync("/auth/verify-otp", new { mobile_number = number, otp_code = code, signup_token = signUpToken });
        return new ChatUser(Gateway.Http, (await ChatUser.Json(verified)).GetProperty("access_token").GetString()!);
    }
}
