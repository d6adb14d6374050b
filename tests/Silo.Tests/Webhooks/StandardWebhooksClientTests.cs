using System.Text.Json;
using GeminiChat.Silo.Tests.Store;

namespace GeminiChat.Silo.Tests.Webhooks;

/// <summary>Our webhooks before the client of Standard Webhooks for Node.js.</summary>
public sealed class StandardWebhooksClientTests(SqliteTestDatabase database) : IClassFixture<SqliteTestDatabase>
{
    [Fact]
    public async Task The_official_client_verifies_an_event_and_refuses_a_changed_one()
    {
        await using var receiver = await FakeWebhookReceiver.Start();
        await using var sender = await WebhookSender.Start(database, TimeProvider.System, delivers: true, receiver);
        var room = await sender.FinishReplies(1);
        var received = Assert.Single(await receiver.WaitFor(1));

        var verified = await Verify(received, received.Body);
        Assert.Equal("reply.finished", verified.GetProperty("type").GetString());
        Assert.Equal(room.RoomId, verified.GetProperty("data").GetProperty("room_id").GetGuid());

        var refused = await Verify(received, received.Body.Replace("completed", "failed", StringComparison.Ordinal));
        Assert.Equal("No matching signature found", refused.GetProperty("error").GetString());
    }

    private static Task<JsonElement> Verify(ReceivedWebhook received, string body) => VendorClients.Run("webhook.mjs", "verify", new()
    {
        ["SECRET"] = FakeWebhookReceiver.Secret,
        ["BODY"] = body,
        ["HEADERS"] = JsonSerializer.Serialize(received.Headers),
    });
}
